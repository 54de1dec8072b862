/** Where a second factor is demanded: a password leads to its enrolment and nowhere else, and from there to where one wanted. */
import { startServing } from './company';
import { test as base, type Demo, expect, ours, people, sound, typeCredentials } from './demo';
import { early, totp } from './totp';

type House = Awaited<ReturnType<typeof startServing>>;
const DEMANDED = { KEDUN_SESSIONS_SECOND_FACTOR: 'demanded' };

/** A house of its own: this one asks more of its people than the demo does. */
const test = base.extend<object, { house: House }>({
  house: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names it destructures
    async ({}, use) => {
      const house = await startServing(DEMANDED);
      await use(house);
      await house.stop();
    },
    { scope: 'worker', timeout: 120_000 },
  ],
  demo: [async ({ house }, use) => use(house.demo), { scope: 'worker' }],
});

/** A rep whom no other story of this file signs in as. */
const someone = (demo: Demo, number: number) => people(demo, /^rep$/)[number] as Demo['people'][number];

test('a password alone leads to the enrolment, and from there to where one wanted', async ({
  page,
  words,
  demo,
}) => {
  const person = someone(demo, 0);
  await typeCredentials(page, words, person.login, person.password);
  await expect(page).toHaveURL(/\/second-factor$/);
  const heading = page.getByRole('heading', {
    level: 1,
    name: words('enrol.title', { name: person.name }),
  });
  await expect(heading).toBeVisible();
  await expect(page.getByText(words('enrol.why'))).toBeVisible();
  await expect(page.getByRole('img', { name: words('security.totp.qr') })).toBeVisible();
  await sound(page);
  const refused = await page.request.post('/api/v1/objects/customer/query', {
    data: { limit: 1 },
    headers: ours,
  });
  expect([refused.status(), (await refused.json()).code]).toEqual([403, 'enrol_second_factor']);

  // Whatever address they try, and whichever page they come back from.
  await page.goto('/records/customer?sort=name');
  await expect(page).toHaveURL(/\/second-factor\?to=/);
  await page.goto('/welcome');
  await expect(page).toHaveURL(/\/second-factor/);
  await page.goto('/records/customer?sort=name');
  const secret = await page.locator('[data-secret]').innerText();

  // By keyboard alone: a wrong code is said at its field, the right one opens everything.
  const code = page.getByLabel(words('signin.totp'));
  for (
    let times = 0;
    times < 8 && !(await code.evaluate((field) => field === document.activeElement));
    times += 1
  )
    await page.keyboard.press('Tab');
  await expect(code).toBeFocused();
  await page.keyboard.type('000000');
  await page.keyboard.press('Enter');
  await expect(code).toHaveAttribute('aria-invalid', 'true');
  await sound(page);
  await code.fill('');
  await code.focus();
  await early(page);
  await page.keyboard.type(totp(secret, -1).replace(/^(\d{3})/, '$1 '));
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/\/records\/customer\?sort=name/);
  // The tour has stories of its own.
  await page.request.put('/api/v1/me/preferences/tour.welcome', {
    data: { value: { seen: 1 } },
    headers: ours,
  });
  await expect(page.getByRole('heading', { level: 1 }).first()).toBeVisible();
  // There is nothing here for them any more.
  await page.goto('/second-factor?to=//elsewhere.example/');
  await expect(page).toHaveURL(new URL('/', demo.url).href);

  await page.context().clearCookies();
  await typeCredentials(page, words, person.login, person.password);
  await page.getByLabel(words('signin.totp')).fill(totp(secret, 0));
  await page.getByRole('button', { name: words('signin.go'), exact: true }).click();
  await expect(page.getByRole('heading', { level: 1, name: words('today.title') })).toBeVisible();

  // It cannot be turned off; another takes its place at a code of each.
  await page.goto('/me/security');
  await expect(page.getByText(words('security.totp.demanded'))).toBeVisible();
  await expect(page.getByRole('button', { name: words('security.totp.remove') })).toHaveCount(0);
  await page.getByRole('button', { name: words('security.totp.replace') }).click();
  const next = await page.locator('[data-secret]').innerText();
  await sound(page);
  await early(page);
  await page.getByLabel(words('security.totp.current')).fill('000000');
  await page.getByLabel(words('security.totp.new')).fill(totp(next, -1));
  await page.getByRole('button', { name: words('security.totp.confirm') }).click();
  await expect(page.getByLabel(words('security.totp.current'))).toHaveAttribute('aria-invalid', 'true');
  await page.getByLabel(words('security.totp.current')).fill(totp(secret, 1));
  await page.getByRole('button', { name: words('security.totp.confirm') }).click();
  await expect(page.getByText(words('security.totp.replaced')).first()).toBeVisible();
  await expect(page.getByText(words('security.on'), { exact: true })).toBeVisible();
});

test('who cannot enrol now may leave', async ({ page, words, demo }) => {
  const person = someone(demo, 1);
  await typeCredentials(page, words, person.login, person.password);
  await expect(page).toHaveURL(/\/second-factor$/);
  await page.getByRole('button', { name: words('signout') }).click();
  await expect(page).toHaveURL(/\/sign-in/);
  expect((await page.request.get('/api/v1/me')).status()).toBe(401);
});

test('an open page is led there when the house begins to demand it, and comes back', async ({
  page,
  words,
  demo,
  house,
}) => {
  const person = someone(demo, 2);
  await house.again({ KEDUN_SESSIONS_SECOND_FACTOR: 'optional' });
  await typeCredentials(page, words, person.login, person.password);
  await page.getByRole('heading', { level: 1, name: words('today.title') }).waitFor();
  // A page that has just begun still asks, the log last of all; only then is it quiet.
  const begun = page.waitForResponse((answer) => answer.url().endsWith('/ledger/checkpoint'));
  await page.goto('/new/customer');
  await page.locator('#field-name').fill('换了规矩的客户');
  await expect
    .poll(() => page.evaluate(() => Object.keys(localStorage).filter((key) => /draft/.test(key)).length))
    .toBe(1);
  await page.getByRole('checkbox', { name: words('notice.agreed') }).check();
  await begun;
  await house.again(DEMANDED);
  // The line that the server cut is opened again by itself, and refused.
  await expect(page).toHaveURL(/\/second-factor\?to=/, { timeout: 30_000 });
  const secret = await page.locator('[data-secret]').innerText();
  await page.getByLabel(words('signin.totp')).fill(totp(secret, 0));
  await page.getByRole('button', { name: words('security.totp.confirm') }).click();
  await expect(page).toHaveURL(/\/new\/customer/);
  await expect(page.locator('#field-name')).toHaveValue('换了规矩的客户');
});
