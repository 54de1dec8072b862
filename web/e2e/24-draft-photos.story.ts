/** Photos of an open composer: sealed, there again after the tab was closed, sent once, and gone from the device. */
import type { Page } from '@playwright/test';
import { apiAs, collect, digits, eachOnce, expect, personWithNumber, signIn, test } from './demo';
import { keptPhotos as kept } from './pieces';

async function photograph(page: Page): Promise<Buffer> {
  const text = await page.evaluate(() => {
    const canvas = document.createElement('canvas');
    canvas.width = 800;
    canvas.height = 600;
    const pen = canvas.getContext('2d');
    if (pen) {
      pen.fillStyle = '#0b7a6b';
      pen.fillRect(0, 0, 800, 600);
    }
    return canvas.toDataURL('image/jpeg', 0.9).split(',')[1] ?? '';
  });
  return Buffer.from(text, 'base64');
}

test('a photo and a note that nobody saved outlive the tab, and are sent once', async ({
  page,
  context,
  words,
  demo,
}, info) => {
  eachOnce(info.project.name);
  const rep = personWithNumber(demo, /rep/, 5);
  const api = await apiAs(demo, rep);
  const customer = await collect(api, { name: `山里诊所${digits()}`, phone: `137${digits()}` });
  const note = `门口拍了招牌${digits()}`;
  await signIn(page, words, rep);
  await page.goto(`/records/customer/${customer.id}`);
  const shutter = page.locator('[data-composer]').getByLabel(words('photos.button'));
  await expect(shutter).toBeAttached();
  const buffer = await photograph(page);
  const jpeg = (name: string) => ({ name, mimeType: 'image/jpeg', buffer });

  // Without a network: two photos and a note, not saved.
  await context.setOffline(true);
  await shutter.setInputFiles(jpeg('a.jpg'));
  const sheet = page.getByRole('dialog');
  await sheet.getByLabel(words('followup.text')).fill(note);
  await sheet.getByLabel(words('photos.pick')).setInputFiles(jpeg('b.jpg'));
  await expect(sheet.getByRole('img')).toHaveCount(2);
  await expect.poll(async () => (await kept(page)).length).toBe(2);
  for (const secret of ['JFIF', '/9j/', note, customer.id])
    expect((await kept(page)).some((text) => text.includes(secret))).toBe(false);

  // The tab is closed and comes back.
  await context.setOffline(false);
  await page.reload();
  await page
    .locator('[data-composer]')
    .getByRole('button', { name: words('followup.write') })
    .click();
  await expect(sheet.getByLabel(words('followup.text'))).toHaveValue(note);
  await expect(sheet.getByRole('img')).toHaveCount(2);

  // Saved without a network, sent when it is back: once, with both photos.
  await context.setOffline(true);
  await sheet.getByRole('button', { name: words('save'), exact: true }).click();
  await expect(page.getByText(words('outbox.kept'))).toBeVisible();
  await expect.poll(async () => (await kept(page)).length).toBe(0);
  await context.setOffline(false);
  const files = async () => (await api('GET', `/objects/customer/records/${customer.id}/files`)).body.files;
  await expect.poll(async () => (await files()).length, { timeout: 30_000 }).toBe(2);
  const sent = (await api('POST', '/objects/follow_up/query', {
    filter: { field: 'customer', op: 'eq', value: customer.id },
  })) as { body: { records: { id: string }[] } };
  expect(sent.body.records).toHaveLength(1);
  for (const file of await files()) expect(file.follow_up).toBe(sent.body.records[0]?.id);

  // What happened shows them; what they hold is asked for when one is opened, and not before.
  const asked: string[] = [];
  page.on('request', (request) => {
    if (/\/files\/[^/]+$/.test(request.url())) asked.push(request.url());
  });
  const chips = page.getByRole('list', { name: words('tab.files') }).getByRole('button');
  await expect(chips).toHaveCount(2);
  await page.waitForLoadState('networkidle');
  expect(asked).toEqual([]);
  await chips.first().click();
  const picture = page.getByRole('dialog').getByRole('img');
  await expect(picture).toBeVisible();
  expect(asked).toHaveLength(1);
  await page
    .getByRole('dialog')
    .getByRole('button', { name: words('close'), exact: true })
    .click();

  // Signing out leaves nothing of what was not sent.
  await page.locator('[data-composer]').getByLabel(words('photos.button')).setInputFiles(jpeg('c.jpg'));
  await expect.poll(async () => (await kept(page)).length).toBe(1);
  await page.goto('/me');
  await page.getByRole('button', { name: words('signout') }).click();
  await expect(page.getByRole('button', { name: words('signin.go') })).toBeVisible();
  await page.waitForURL(/sign-in/);
  // The page may still be on its way out.
  await expect
    .poll(() =>
      kept(page).then(
        (all) => all.length,
        () => -1,
      ),
    )
    .toBe(0);
});
