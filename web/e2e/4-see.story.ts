/** Step 4: only what is yours, with a reason, for thirty seconds, and on record. */
import { expect, openFirst, signIn, sound, test } from './demo';

test('a masked number is revealed for a purpose, then hidden, and the look is on record', async ({
  page,
  words,
  rep,
  wide,
}) => {
  await signIn(page, words, rep);
  await openFirst(page, words, wide);
  await page.getByRole('tab', { name: words('tab.data') }).click();
  const panel = page.getByRole('tabpanel');
  const masked = panel.locator('button', { hasText: /\d{3}\*{4}\d{4}/ }).first();
  await expect(masked).toBeVisible();
  const mask = (await masked.innerText()).trim();
  await masked.click();
  const sheet = page.getByRole('dialog');
  await sound(page);
  await sheet.getByRole('button', { name: words('purpose.call'), exact: true }).click();
  const shown = panel.locator('[data-revealed]');
  await expect(shown).toHaveText(/\d{3} \d{4} \d{4}/);
  const clear = (await shown.innerText()).replace(/\D/g, '').slice(0, 11);
  expect(clear.slice(0, 3)).toBe(mask.slice(0, 3));
  // Nowhere but on the screen.
  const kept = await page.evaluate(
    () => JSON.stringify({ ...localStorage, ...sessionStorage }) + location.href,
  );
  expect(kept.replace(/\D/g, '')).not.toContain(clear);
  await panel.getByRole('button', { name: words('reveal.hide') }).click();
  await expect(shown).toHaveCount(0);
  await expect(page.locator('body')).not.toContainText(clear.replace(/^(\d{3})(\d{4})(\d{4})$/, '$1 $2 $3'));
});

test('a mask explains itself', async ({ page, words, rep, wide }) => {
  await signIn(page, words, rep);
  await openFirst(page, words, wide);
  await page.getByRole('tab', { name: words('tab.data') }).click();
  await page
    .getByRole('tabpanel')
    .locator('button', { hasText: /\*{3,}/ })
    .first()
    .click();
  const why = page.getByRole('button', { name: words('explain.link') });
  if (await why.isVisible()) await why.click();
  const sheet = page.getByRole('dialog').last();
  await expect(sheet.getByRole('listitem').first()).toBeVisible();
  await sound(page);
});

test('the manager sees who looked', async ({ page, words, manager, wide }) => {
  await signIn(page, words, manager);
  await page.goto('/records/customer');
  const last = page.getByRole('tab').last();
  await last.click();
  const first = wide
    ? page.locator('tbody tr button').first()
    : page.getByRole('tabpanel').getByRole('link').first();
  await first.click();
  await page.getByRole('tab', { name: words('tab.audience') }).click();
  await expect(page.getByRole('tabpanel').getByText(manager.name).first()).toBeVisible();
  await sound(page);
});
