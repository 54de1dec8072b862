/** Photos and files: added, looked at under the watermark, removed; and a photo of a visit where there is no network. */
import type { Page } from '@playwright/test';
import {
  apiAs,
  collect,
  digits,
  eachOnce,
  expect,
  fits,
  personWithNumber,
  signIn,
  sound,
  test,
} from './demo';

/** A photograph as a camera would hand it over. */
async function photograph(page: Page): Promise<Buffer> {
  const text = await page.evaluate(() => {
    const canvas = document.createElement('canvas');
    canvas.width = 3000;
    canvas.height = 2000;
    const pen = canvas.getContext('2d');
    if (!pen) throw new Error('no canvas');
    const sky = pen.createLinearGradient(0, 0, 0, 2000);
    sky.addColorStop(0, '#9cc4e4');
    sky.addColorStop(1, '#f4e3c1');
    pen.fillStyle = sky;
    pen.fillRect(0, 0, 3000, 2000);
    pen.fillStyle = '#5a4632';
    pen.fillRect(700, 900, 1600, 1100);
    pen.fillStyle = '#0b7a6b';
    pen.fillRect(700, 760, 1600, 240);
    return canvas.toDataURL('image/jpeg', 0.9).split(',')[1] ?? '';
  });
  return Buffer.from(text, 'base64');
}

const jpeg = (buffer: Buffer, name = 'IMG_2046.JPG') => ({ name, mimeType: 'image/jpeg', buffer });

test('a photo is added, looked at under the watermark, and removed', async ({ page, words, demo }, info) => {
  eachOnce(info.project.name);
  const rep = personWithNumber(demo, /rep/, 3);
  const api = await apiAs(demo, rep);
  const customer = await collect(api, { name: `拍照诊所${digits()}`, phone: `137${digits()}` });
  await signIn(page, words, rep);
  await page.goto(`/records/customer/${customer.id}`);
  await page.getByRole('tab', { name: words('tab.files') }).click();
  const tab = page.getByRole('tabpanel');
  await expect(tab.getByText(words('files.empty'))).toBeVisible();
  const pick = tab.getByLabel(words('files.add'));
  await pick.setInputFiles(jpeg(await photograph(page)));
  const name = 'IMG_2046.jpg';
  const row = tab.getByRole('list', { name: words('files.list') }).getByRole('listitem');
  await expect(row.getByText(name)).toBeVisible();
  await expect(row.locator('img')).toBeVisible();
  await pick.setInputFiles({
    name: 'run.exe',
    mimeType: 'application/octet-stream',
    buffer: Buffer.from('MZ..'),
  });
  await expect(tab.getByRole('alert')).toBeVisible();
  await tab.getByRole('button', { name: words('files.dismiss') }).click();
  await sound(page);
  await fits(page);

  // Larger than it was taken it never is, and where it was taken is not in it.
  const held = (await api('GET', `/objects/customer/records/${customer.id}/files`)).body.files;
  expect(held).toHaveLength(1);
  expect(held[0].kind).toBe('jpeg');
  await row.getByRole('button', { name: words('files.open', { name }) }).click();
  const sheet = page.getByRole('dialog', { name });
  const picture = sheet.getByRole('img', { name });
  await expect(picture).toBeVisible();
  expect(await picture.evaluate((img: HTMLImageElement) => img.naturalWidth)).toBe(2048);
  await expect(sheet.locator('[data-watermark]').first()).toBeAttached();
  await sheet.getByRole('button', { name: words('close'), exact: true }).click();

  await page.getByRole('tab', { name: words('tab.audience') }).click();
  await expect(page.getByRole('tabpanel').getByText(words('look.file')).first()).toBeVisible();
  await page.getByRole('tab', { name: words('tab.files') }).click();
  await row.getByRole('button', { name: words('files.remove.one', { name }) }).click();
  await page
    .getByRole('dialog')
    .getByRole('button', { name: words('files.remove'), exact: true })
    .click();
  await expect(tab.getByText(words('files.empty'))).toBeVisible();
  expect((await api('GET', `/objects/customer/records/${customer.id}/files/${held[0].id}`)).status).toBe(404);
});

test('a photo of a visit waits sealed without a network and arrives once, with its note', async ({
  page,
  context,
  words,
  demo,
}, info) => {
  eachOnce(info.project.name);
  const rep = personWithNumber(demo, /rep/, 4);
  const api = await apiAs(demo, rep);
  const customer = await collect(api, { name: `地下室诊所${digits()}`, phone: `137${digits()}` });
  const note = `看了机房，位置够${digits()}`;
  await signIn(page, words, rep);
  await page.goto(`/records/customer/${customer.id}`);
  const shot = await photograph(page);
  const shutter = page.locator('[data-composer]').getByLabel(words('photos.button'));
  await expect(shutter).toBeAttached();
  await context.setOffline(true);
  await shutter.setInputFiles(jpeg(shot));
  const sheet = page.getByRole('dialog');
  await expect(sheet.getByRole('img', { name: words('photos.one', { n: 1 }) })).toBeVisible();
  await sheet.getByLabel(words('photos.pick')).setInputFiles([jpeg(shot, 'a.jpg'), jpeg(shot, 'b.jpg')]);
  await sheet.getByRole('button', { name: words('photos.remove', { n: 3 }) }).click();
  await expect(sheet.getByRole('img')).toHaveCount(2);
  await sheet.getByLabel(words('followup.text')).fill(note);
  await sheet.getByRole('button', { name: words('save'), exact: true }).click();
  await expect(page.getByText(words('outbox.kept'))).toBeVisible();
  await expect(sheet).toHaveCount(0);

  // On the disk: three sealed things, and of none of them a readable byte.
  const kept = await page.evaluate(async () => {
    const db = await new Promise<IDBDatabase>((resolve) => {
      const request = indexedDB.open('kedun');
      request.onsuccess = () => resolve(request.result);
    });
    const values = await new Promise<Uint8Array[]>((resolve) => {
      const request = db.transaction('outbox').objectStore('outbox').getAll();
      request.onsuccess = () => resolve(request.result);
    });
    db.close();
    return values.map((value) => new TextDecoder('latin1').decode(value));
  });
  expect(kept).toHaveLength(3);
  for (const secret of [note, 'JFIF', '/9j/', customer.title, customer.id])
    expect(kept.some((text) => text.includes(secret))).toBe(false);
  await page.getByRole('tab', { name: words('tab.files') }).click();
  await expect(
    page.getByRole('list', { name: words('files.waiting') }).getByText(words('outbox.waiting')),
  ).toHaveCount(2);

  await context.setOffline(false);
  const files = async () => (await api('GET', `/objects/customer/records/${customer.id}/files`)).body.files;
  await expect.poll(async () => (await files()).length, { timeout: 30_000 }).toBe(2);
  const sent = (await api('POST', '/objects/follow_up/query', {
    filter: { field: 'customer', op: 'eq', value: customer.id },
  })) as { body: { records: { id: string }[] } };
  expect(sent.body.records).toHaveLength(1);
  for (const file of await files()) expect(file.follow_up).toBe(sent.body.records[0]?.id);
  await expect(page.getByRole('list', { name: words('files.waiting') })).toHaveCount(0);
  await expect(
    page
      .getByRole('list', { name: words('files.list') })
      .getByRole('listitem')
      .locator('img'),
  ).toHaveCount(2);
});

test('a busy server loses neither a photo nor a document', async ({ page, words, demo }, info) => {
  eachOnce(info.project.name);
  const rep = personWithNumber(demo, /rep/, 6);
  const customer = await collect(await apiAs(demo, rep), {
    name: `忙时诊所${digits()}`,
    phone: `137${digits()}`,
  });
  await signIn(page, words, rep);
  await page.goto(`/records/customer/${customer.id}`);
  await page.getByRole('tab', { name: words('tab.files') }).click();
  const tab = page.getByRole('tabpanel');
  const pick = tab.getByLabel(words('files.add'));
  const path = `**/records/${customer.id}/files`;
  let answer = () => {};
  await page.route(path, async (route) => {
    if (route.request().method() !== 'POST') return route.continue();
    if (route.request().headers()['x-kedun-file-name']?.endsWith('.pdf'))
      await new Promise<void>((resolve) => {
        answer = resolve;
      });
    return route.fulfill({ status: 503, json: {} });
  });
  await pick.setInputFiles(jpeg(await photograph(page)));
  await expect(
    tab.getByRole('list', { name: words('files.waiting') }).getByText(words('outbox.waiting')),
  ).toBeVisible();

  // The document fails while something else is looked at: that is said, and it can be sent again from where it was picked.
  const sent = page.waitForRequest(
    (request) => request.method() === 'POST' && request.url().endsWith('/files'),
  );
  await pick.setInputFiles({
    name: 'offer.pdf',
    mimeType: 'application/pdf',
    buffer: Buffer.from('%PDF-1.7\n%%EOF\n'),
  });
  await sent;
  await page.getByRole('tab', { name: words('tab.timeline') }).click();
  answer();
  await expect(page.getByRole('status').filter({ hasText: 'offer.pdf' })).toBeVisible();
  await page.getByRole('tab', { name: words('tab.files') }).click();
  await expect(tab.getByRole('alert')).toContainText('offer.pdf');
  await page.unroute(path);
  await tab.getByRole('button', { name: words('retry'), exact: true }).click();
  await expect(tab.getByRole('list', { name: words('files.list') }).getByText('offer.pdf')).toBeVisible();
  await expect(tab.getByRole('alert')).toHaveCount(0);
});

test('a file on its way is asked about before somebody signs out', async ({ page, words, demo }, info) => {
  eachOnce(info.project.name);
  const rep = personWithNumber(demo, /rep/, 6);
  const customer = await collect(await apiAs(demo, rep), { name: `慢网诊所${digits()}` });
  await signIn(page, words, rep);
  await page.goto(`/records/customer/${customer.id}`);
  await page.getByRole('tab', { name: words('tab.files') }).click();
  // A network that takes for ever.
  await page.route(`**/records/${customer.id}/files`, (route) =>
    route.request().method() === 'POST' ? undefined : route.continue(),
  );
  const pdf = Buffer.from('%PDF-1.4\n%%EOF\n');
  await page
    .getByRole('tabpanel')
    .getByLabel(words('files.add'))
    .setInputFiles({ name: '合同.pdf', mimeType: 'application/pdf', buffer: pdf });
  await expect(page.getByText('合同.pdf')).toBeVisible();
  // Elsewhere in the app it goes on; the way out says what would be lost.
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox').last().fill(words('signout'));
  await page.getByRole('option', { name: words('signout'), exact: true }).click();
  const question = page.getByRole('dialog', { name: words('signout.waiting') });
  await expect(question.getByText(words('signout.files.why', { n: 1 }))).toBeVisible();
  await sound(page);
  await question.getByRole('button', { name: words('signout.files.see') }).click();
  await expect(question).toHaveCount(0);
  await expect(page.getByRole('heading', { level: 1, name: customer.title })).toBeVisible();
});
