/** Step 5: the watermark is on every page with personal data, in sheets and in print too; approvals open. */
import { expect, fits, openFirst, signIn, test } from './demo';

const pages = [
  '/',
  '/records/customer',
  '/new/customer',
  '/approvals',
  '/exports',
  '/me',
  '/me/devices',
  '/follow-up',
];

test('every page carries the mark', async ({ page, words, rep }) => {
  await signIn(page, words, rep);
  for (const path of pages) {
    await page.goto(path);
    await expect(page.locator(`svg[data-watermark*="${rep.name}"]`).first(), path).toBeVisible();
  }
  await page.goto('/records/customer');
  await page.emulateMedia({ media: 'print' });
  await expect(page.locator('svg[data-watermark]').first()).toBeVisible();
});

test('a sheet carries it as well', async ({ page, words, rep, wide }) => {
  await signIn(page, words, rep);
  await openFirst(page, words, wide);
  await page.locator('[data-composer]').getByRole('button').first().click();
  await expect(page.getByRole('dialog').locator('svg[data-watermark]')).toBeVisible();
});

test('approvals open for the manager', async ({ page, words, manager }) => {
  await signIn(page, words, manager);
  await page.goto('/approvals');
  await expect(page.getByRole('tab', { name: words('approvals.waiting') })).toBeVisible();
});

test('nothing scrolls sideways on the narrowest phone', async ({ page, words, rep }) => {
  await page.setViewportSize({ width: 360, height: 740 });
  await signIn(page, words, rep);
  for (const path of pages) {
    await page.goto(path);
    await page.locator('h1').first().waitFor();
    await fits(page);
  }
});
