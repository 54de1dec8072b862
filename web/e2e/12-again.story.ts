/** What failed once and is tried again: the button asks for what failed, and says when it still does. */
import { apiAs, collect, digits, eachOnce, expect, signIn, test } from './demo';

test.beforeEach(({ wide: _ }, info) => eachOnce(info.project.name));

test('a form that begins from a record asks for that record again', async ({ page, words, rep, demo }) => {
  const customer = await collect(await apiAs(demo, rep), { name: `再试一次的诊所${digits()}` });
  await signIn(page, words, rep);
  const path = `**/api/v1/objects/customer/records/${customer.id}`;
  await page.route(path, (route) => route.fulfill({ status: 500, json: { code: 'internal' } }));
  await page.goto(`/new/contact?parent=${customer.id}`);
  const again = page.getByRole('button', { name: words('retry'), exact: true });
  await again.waitFor();
  await page.unroute(path);
  await again.click();
  await expect(page.locator('#field-name')).toBeVisible();
  await expect(page.locator('form').getByText(customer.title)).toBeVisible();
});

test('a network that is lost right after signing in again is said, and the sheet goes when it is back', async ({
  page,
  words,
  rep,
}) => {
  await signIn(page, words, rep);
  await page.goto('/new/customer');
  await page.locator('#field-name').fill('网络断开的客户');
  await page.getByRole('checkbox', { name: words('notice.agreed') }).check();
  await page.context().clearCookies();
  await page.getByRole('button', { name: words('save'), exact: true }).click();
  const sheet = page.getByRole('dialog', { name: words('expired.title') });
  await sheet.getByLabel(words('signin.password')).fill(rep.password);
  await page.route('**/api/v1/me', (route) => route.abort('connectionreset'));
  await sheet.getByRole('button', { name: words('signin.go'), exact: true }).click();
  const again = sheet.getByRole('button', { name: words('retry'), exact: true });
  await expect(again).toBeVisible();
  await page.unroute('**/api/v1/me');
  await again.click();
  await expect(sheet).toHaveCount(0);
  await expect(page.getByRole('heading', { level: 1, name: '网络断开的客户' })).toBeVisible();
});
