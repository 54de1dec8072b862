/** Photos on their way out: made smaller here, which also leaves behind where and with what they were taken. */

/** The longest side, pixels: enough to read a business card or a contract, a tenth of what a phone takes. */
export const LONGEST = 2048;
const QUALITY = 0.82;
/** For a picker. An iPhone that is asked for JPEG gives JPEG, whatever it takes its photos in. */
export const PICTURES = 'image/jpeg,image/png,image/webp';
/** What a browser shows by itself. */
const SHOWN = ['jpeg', 'png', 'webp'];

export const isShown = (kind: string): boolean => SHOWN.includes(kind);
export const mediaOf = (kind: string): string => `image/${kind}`;

/** The size that fits, never larger than it was. */
export function fitted(width: number, height: number, longest = LONGEST): { width: number; height: number } {
  const part = Math.min(1, longest / Math.max(width, height, 1));
  return { width: Math.max(1, Math.round(width * part)), height: Math.max(1, Math.round(height * part)) };
}

/** A photo as JPEG, upright, at most [`LONGEST`] pixels long; null for what the browser cannot read as a picture. */
export async function smaller(picture: Blob): Promise<Blob | null> {
  let bitmap: ImageBitmap;
  try {
    bitmap = await createImageBitmap(picture, { imageOrientation: 'from-image' });
  } catch {
    return null;
  }
  const { width, height } = fitted(bitmap.width, bitmap.height);
  const canvas = document.createElement('canvas');
  canvas.width = width;
  canvas.height = height;
  const pen = canvas.getContext('2d');
  if (pen) {
    // What was transparent becomes paper: JPEG would make it black.
    pen.fillStyle = '#ffffff';
    pen.fillRect(0, 0, width, height);
    pen.imageSmoothingQuality = 'high';
    pen.drawImage(bitmap, 0, 0, width, height);
  }
  bitmap.close();
  if (!pen) return null;
  return new Promise((resolve) => canvas.toBlob(resolve, 'image/jpeg', QUALITY));
}

/** For the outbox, whose entries are text. */
export async function toText(blob: Blob): Promise<string> {
  const bytes = new Uint8Array(await blob.arrayBuffer());
  let text = '';
  // In pieces: a call takes only so many arguments.
  for (let at = 0; at < bytes.length; at += 0x8000)
    text += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  return btoa(text);
}
