/** What people hold in their hands, as a camera would hand it over. */
import type { Page } from '@playwright/test';

type Picture = { name: string; mimeType: string; buffer: Buffer };

/** A business card on a desk. */
export async function businessCard(page: Page): Promise<Picture> {
  const text = await page.evaluate(() => {
    const canvas = document.createElement('canvas');
    canvas.width = 1600;
    canvas.height = 1000;
    const pen = canvas.getContext('2d');
    if (!pen) throw new Error('no canvas');
    pen.fillStyle = '#7a6a58';
    pen.fillRect(0, 0, 1600, 1000);
    pen.fillStyle = '#fbfaf6';
    pen.fillRect(120, 90, 1360, 820);
    pen.fillStyle = '#0b7a6b';
    pen.fillRect(120, 90, 36, 820);
    pen.fillStyle = '#17212b';
    pen.font = '96px sans-serif';
    pen.fillText('林若琳', 240, 300);
    pen.font = '44px sans-serif';
    pen.fillText('设备科 主任', 240, 390);
    pen.fillText('临安示例医院', 240, 620);
    pen.fillText('138 0000 0000', 240, 700);
    return canvas.toDataURL('image/jpeg', 0.9).split(',')[1] ?? '';
  });
  return { name: 'IMG_0071.JPG', mimeType: 'image/jpeg', buffer: Buffer.from(text, 'base64') };
}

/** What lies on the device of drafts' photos, as text. */
export const keptPhotos = (page: Page) =>
  page.evaluate(async () => {
    const db = await new Promise<IDBDatabase>((resolve) => {
      const request = indexedDB.open('kedun.drafts');
      request.onsuccess = () => resolve(request.result);
    });
    const read = db.objectStoreNames.contains('photos')
      ? await new Promise<Uint8Array[]>((resolve) => {
          const request = db.transaction('photos').objectStore('photos').getAll();
          request.onsuccess = () => resolve(request.result);
        })
      : [];
    db.close();
    return read.map((bytes) => new TextDecoder('latin1').decode(bytes));
  });
