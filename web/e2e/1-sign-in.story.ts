/** Step 1: sign in, a wrong password, an ended session, a lost phone. */
import { expect, signIn, sound, test } from './demo';

test('a wrong password keeps what was typed', async ({ page, words, rep }) => {
  await page.goto('/sign-in');
  await page.evaluate(
    (l) => localStorage.setItem('kedun.language', l),
    words('save') === 'Save' ? 'en' : 'zh-CN',
  );
  await page.reload();
  await page.getByLabel(words('signin.login')).fill(rep.login);
  await page.getByLabel(words('signin.password')).fill('not-the-password');
  await page.getByRole('button', { name: words('signin.go'), exact: true }).click();
  await expect(page.getByRole('alert')).toBeVisible();
  await expect(page.getByLabel(words('signin.login'))).toHaveValue(rep.login);
  await expect(page.getByLabel(words('signin.password'))).toHaveValue('not-the-password');
  await sound(page);
});

test('signing in opens Today, with a watermark', async ({ page, words, rep }) => {
  await signIn(page, words, rep);
  const mark = await page.locator('svg[data-watermark]').first().getAttribute('data-watermark');
  expect(mark).toContain(rep.name);
  expect(mark).toMatch(/\d{4}-\d{2}-\d{2} \d{2}:\d{2}/);
  await sound(page);
});

test('an ended session asks again over the page and loses nothing', async ({ page, words, rep }) => {
  await signIn(page, words, rep);
  await page.goto('/new/customer');
  const name = page.locator('#field-name');
  await name.fill('会话结束也不丢的客户');
  await page.getByRole('checkbox', { name: words('notice.agreed') }).check();
  await page.context().clearCookies();
  await page.getByRole('button', { name: words('save'), exact: true }).click();
  const sheet = page.getByRole('dialog', { name: words('expired.title') });
  await expect(sheet).toBeVisible();
  await sheet.getByLabel(words('signin.password')).fill(rep.password);
  await sheet.getByRole('button', { name: words('signin.go'), exact: true }).click();
  // The save that was waiting goes on by itself.
  await expect(page.getByRole('heading', { level: 1, name: '会话结束也不丢的客户' })).toBeVisible();
});

test('devices, sessions and security are one page each', async ({ page, words, rep }) => {
  await signIn(page, words, rep);
  await page.goto('/me');
  await expect(page.getByText(rep.name).first()).toBeVisible();
  await sound(page);
  await page.getByRole('button', { name: words('devices.title') }).click();
  await expect(page.getByText(words('devices.this'))).toBeVisible();
  await expect(page.getByText(words('sessions.this'))).toBeVisible();
  await sound(page);
  await page.goto('/me/security');
  await page.getByRole('button', { name: words('security.totp.begin') }).click();
  await expect(page.getByRole('img', { name: words('security.totp.qr') })).toBeVisible();
  await sound(page);
});
