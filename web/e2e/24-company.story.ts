/** Who the company is: published by one of the three administrators, read by the others, and shown to everybody. */
import { expect, people, signIn, sound, test } from './demo';

test('the company is published with its days off, and stands on the public page at once', async ({
  page,
  browser,
  demo,
  words,
  english,
}) => {
  const [security] = people(demo, /security_admin|安全管理员/i);
  const [system] = people(demo, /system_admin|系统管理员/i);
  if (!security || !system) throw new Error('no administrators');
  await signIn(page, words, security);
  await page.goto('/settings');
  const name = page.getByLabel(words(english ? 'company.name.en' : 'company.name.zh'));
  const mail = page.getByLabel(words('company.email'));
  await name.fill('');
  await mail.fill('privacy@');
  await page.getByLabel(words('company.holidays')).fill('2031-10-01');
  await page.getByRole('button', { name: words('company.day.add') }).first().click();
  const chip = page.getByRole('button', { name: words('company.day.remove', { day: '2031-10-01' }) });
  await expect(chip).toBeVisible();
  const publish = page.getByRole('button', { name: words('company.publish') });
  await publish.click();

  // Refused by field, and what was typed is still there.
  await expect(name).toHaveAttribute('aria-invalid', 'true');
  await expect(mail).toHaveAttribute('aria-invalid', 'true');
  await expect(mail).toHaveValue('privacy@');
  await expect(chip).toBeVisible();
  await sound(page);
  const other = english ? 'Other Name Ltd' : '另一家公司';
  await name.fill(other);
  await mail.fill('privacy@other.example');
  await page.getByLabel(words('company.answer')).fill('7');
  await expect(page.getByText(words('company.reaches.public'))).toBeVisible();
  await publish.click();
  await expect(publish).toBeDisabled();

  const nobody = await browser.newContext({ baseURL: demo.url, locale: english ? 'en' : 'zh-CN' });
  const guest = await nobody.newPage();
  await guest.goto('/p');
  await expect(guest.getByText(other).first()).toBeVisible();
  await expect(guest.getByRole('link', { name: 'privacy@other.example' })).toBeVisible();
  await sound(guest);
  await nobody.close();

  // Another administrator reads it and has nothing to publish it with.
  const reader = await browser.newContext({ baseURL: demo.url, locale: english ? 'en' : 'zh-CN' });
  const desk = await reader.newPage();
  await signIn(desk, words, system);
  await desk.goto('/settings');
  await expect(desk.getByLabel(words('company.email'))).toHaveValue('privacy@other.example');
  await expect(desk.getByLabel(words('company.email'))).toBeDisabled();
  await expect(desk.getByRole('button', { name: words('company.publish') })).toHaveCount(0);
  await reader.close();
});
