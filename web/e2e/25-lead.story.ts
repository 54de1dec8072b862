/** What a lead agreed to is on record like a customer's: shown, proved, taken back. */
import { digits, eachOnce, expect, fits, signIn, sound, test } from './demo';

test('a lead is taken down with a basis, and what they agreed to is shown, proved and taken back', async ({
  page,
  words,
  rep,
}, info) => {
  eachOnce(info.project.name);
  await signIn(page, words, rep);
  await page.goto('/new/lead');
  const company = `线索诊所${digits()}`;
  await page.locator('#field-company').fill(company);
  await page.locator('#field-name').fill('林若琳');
  await page.locator('#field-phone').fill(`137${digits()}`);
  const save = page.getByRole('button', { name: words('save'), exact: true });
  // Without their word nothing is sent to stay, and nothing that was typed is lost.
  const refused = page.waitForResponse((reply) => reply.url().endsWith('/objects/lead/records'));
  await save.click();
  expect((await refused).status()).toBe(422);
  await expect(page.locator('#field-company')).toHaveValue(company);
  await page.getByRole('checkbox', { name: words('notice.agreed') }).check();
  await save.click();
  await expect(page.getByRole('heading', { level: 1, name: company })).toBeVisible();

  await page.getByRole('tab', { name: words('desk.consents') }).click();
  const panel = page.getByRole('tabpanel');
  await expect(panel.getByText(words('consent.kind.collect'))).toBeVisible();
  await expect(panel.getByText(words('consents.given'), { exact: true })).toBeVisible();
  // A lead has no page of their own and no register of requests.
  await expect(panel.getByText(words('desk.requests'))).toHaveCount(0);
  await expect(panel.getByText(words('desk.links'))).toHaveCount(0);
  await sound(page);
  await fits(page);

  await panel.getByRole('button', { name: words('desk.receipt') }).click();
  const sheet = page.getByRole('dialog');
  await expect(sheet.getByText(words('proof.valid'))).toBeVisible();
  await sheet.getByRole('button', { name: words('close'), exact: true }).click();

  await panel.getByRole('button', { name: words('desk.withdraw') }).click();
  await sheet.getByRole('button', { name: words('desk.withdraw'), exact: true }).click();
  await expect(panel.getByText(words('consents.withdrawn'), { exact: true })).toBeVisible();
  await expect(panel.getByRole('button', { name: words('desk.withdraw') })).toHaveCount(0);
});
