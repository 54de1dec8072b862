/** Step 2: a new customer, with the notice, the consent, and the separate one for what is sensitive. */
import { expect, signIn, sound, test } from './demo';

const unique = () => String(Math.floor(10_000_000 + Math.random() * 89_999_999));

test('a customer is collected in a handful of touches', async ({ page, words, rep }) => {
  await signIn(page, words, rep);
  await page.goto('/new/customer');
  const name = `杭州试验医院${unique()}`;
  await page.locator('#field-name').fill(name);
  await page.locator('#field-phone').fill(`138${unique()}`);
  const notice = page.getByRole('region', { name: words('notice.label') });
  await expect(notice).toBeVisible();
  await notice.getByRole('button', { name: words('notice.unfold') }).click();
  await sound(page);
  await notice.getByRole('checkbox', { name: words('notice.agreed') }).check();
  await page.getByRole('button', { name: words('save'), exact: true }).click();
  await expect(page.getByRole('heading', { level: 1, name })).toBeVisible();
  await page.getByRole('tab', { name: words('tab.data') }).click();
  await expect(page.getByRole('heading', { name: words('consents.title') })).toBeVisible();
});

test('without a ground it is refused, and the form keeps everything', async ({ page, words, rep }) => {
  await signIn(page, words, rep);
  await page.goto('/new/customer');
  const phone = `139${unique()}`;
  await page.locator('#field-name').fill('没有同意的客户');
  await page.locator('#field-phone').fill(phone);
  await page.getByRole('button', { name: words('save'), exact: true }).click();
  await expect(page.getByRole('alert').first()).toBeVisible();
  await expect(page.locator('#field-name')).toHaveValue('没有同意的客户');
  await expect(page.locator('#field-phone')).toHaveValue(new RegExp(phone));
  // Leaving and coming back finds the draft; nothing of it is on the disk in clear.
  await page.getByRole('button', { name: words('back') }).click();
  const disk = await page.evaluate(() => JSON.stringify({ ...localStorage, ...sessionStorage }));
  expect(disk).not.toContain(phone);
  expect(disk).not.toContain('没有同意的客户');
});

test('an ID number asks for its own consent', async ({ page, words, rep }) => {
  await signIn(page, words, rep);
  await page.goto('/new/customer');
  await page.locator('#field-name').waitFor();
  const more = page.getByRole('button', {
    name: new RegExp(words('intake.more', { n: '\\d+' }).replace(/[()（）]/g, '.')),
  });
  if (await more.isVisible()) await more.click();
  const id = page.locator('#field-id_number');
  const label = await page.locator('label[for="field-id_number"]').innerText();
  const separate = page.getByRole('checkbox', { name: words('intake.separate', { field: label }) });
  await expect(separate).toHaveCount(0);
  await id.fill('11010519491231002X');
  await expect(separate).toBeVisible();
  await sound(page);
});

test('a known number is announced when the field is left', async ({ page, words, rep }) => {
  await signIn(page, words, rep);
  const number = `137${unique()}`;
  for (const name of ['重复甲', '重复乙']) {
    await page.goto('/new/customer');
    await page.locator('#field-name').fill(name + number);
    await page.locator('#field-phone').fill(number);
    await page.locator('#field-phone').blur();
    if (name === '重复乙') break;
    await page.getByRole('checkbox', { name: words('notice.agreed') }).check();
    await page.getByRole('button', { name: words('save'), exact: true }).click();
    await expect(page.getByRole('heading', { level: 1, name: name + number })).toBeVisible();
  }
  await expect(page.getByText(words('duplicate.exact')).first()).toBeVisible();
});
