/** Step 1: sign in, a wrong password, a second factor, an ended session, a lost phone. */
import {
  apiAs,
  eachOnce,
  expect,
  ours,
  people,
  personWithNumber,
  signIn,
  sound,
  startDemo,
  test,
  typeCredentials,
} from './demo';
import { totp } from './totp';

test('a wrong password keeps what was typed', async ({ page, words, rep }) => {
  await typeCredentials(page, words, rep.login, 'not-the-password');
  await expect(page.getByRole('alert')).toBeVisible();
  await expect(page.getByLabel(words('signin.login'))).toHaveValue(rep.login);
  await expect(page.getByLabel(words('signin.password'))).toHaveValue('not-the-password');
});

test('who guesses is made to wait, and the page counts it down', async ({ page, words, demo }, info) => {
  eachOnce(info.project.name);
  const victim = people(demo, /rep/).at(-1);
  if (!victim) throw new Error('no rep');
  // Each wrong guess after the third doubles the wait: guess on until it is one that a slow page cannot outlast.
  let wait = 0;
  while (wait < 5) {
    const guess = await page.request.post('/api/v1/sessions', {
      data: { login: victim.login, password: 'a guess' },
    });
    expect([401, 429]).toContain(guess.status());
    wait = Number(guess.headers()['retry-after'] ?? 0);
    if (wait > 0 && wait < 5) await page.waitForTimeout(wait * 1000);
  }
  // Even the right password waits now.
  await typeCredentials(page, words, victim.login, victim.password);
  const button = page.locator('form button[type=submit]');
  await expect(button).toBeDisabled();
  await expect(button).toHaveText(new RegExp(words('signin.wait', { time: '\\d+:\\d\\d' })));
  await expect(page.getByRole('alert')).toBeVisible();
  await sound(page);
});

test('signing in opens Today, with a watermark', async ({ page, words, rep }) => {
  await typeCredentials(page, words, rep.login, rep.password);
  await expect(page.getByRole('heading', { level: 1, name: words('today.title') })).toBeVisible();
  const mark = await page.locator('svg[data-watermark]').first().getAttribute('data-watermark');
  expect(mark).toContain(rep.name);
  expect(mark).toMatch(/\d{4}-\d{2}-\d{2} \d{2}:\d{2}/);
});

test('a second factor is enrolled, and asked for from then on', async ({ page, words, demo }, info) => {
  eachOnce(info.project.name);
  const person = personWithNumber(demo, /rep/, 3 + info.parallelIndex + info.project.name.length);
  await signIn(page, words, person);
  await page.goto('/me/security');
  await page.getByRole('button', { name: words('security.totp.begin') }).click();
  await expect(page.getByRole('img', { name: words('security.totp.qr') })).toBeVisible();
  await sound(page);
  const secret = await page.locator('[data-secret]').innerText();
  await page.getByLabel(words('signin.totp')).fill('000000');
  await page.getByRole('button', { name: words('security.totp.confirm') }).click();
  await expect(page.getByText(words('security.off'), { exact: true })).toBeVisible();
  // As an authenticator prints it, and as a Chinese keyboard types it.
  await page.getByLabel(words('signin.totp')).fill(totp(secret, 0).replace(/^(\d{3})/, '$1 '));
  await page.getByRole('button', { name: words('security.totp.confirm') }).click();
  await expect(page.getByText(words('security.on'), { exact: true })).toBeVisible();

  await page.context().clearCookies();
  await typeCredentials(page, words, person.login, person.password);
  const code = page.getByLabel(words('signin.totp'));
  await code.waitFor();
  await sound(page);
  // A code counts once; the clock's next one is let in early.
  await code.fill(totp(secret, 1).replace(/\d/g, (digit) => '０１２３４５６７８９'[Number(digit)] ?? ''));
  await page.getByRole('button', { name: words('signin.go'), exact: true }).click();
  await expect(page.getByRole('heading', { level: 1, name: words('today.title') })).toBeVisible();
});

test('a lost phone is out at once, and a machine is listed once', async ({
  page,
  words,
  rep,
  demo,
}, info) => {
  eachOnce(info.project.name);
  await signIn(page, words, rep);
  await signIn(page, words, rep);
  const phone = await apiAs(demo, rep);
  await page.goto('/me/devices');
  await expect(page.getByText(words('devices.this'))).toBeVisible();
  await expect(page.getByText(words('sessions.this'))).toBeVisible();
  const row = page.getByRole('listitem').filter({ hasText: 'API' }).first();
  await row.getByRole('button', { name: words('devices.lost') }).click();
  const sheet = page.getByRole('dialog');
  await sound(page);
  expect((await phone('GET', '/me')).status).toBe(200);
  await sheet.getByRole('button', { name: words('devices.end') }).click();
  await expect(sheet).toHaveCount(0);
  await expect.poll(async () => (await phone('GET', '/me')).status).toBe(401);
  const devices = await (await page.request.get('/api/v1/devices')).json();
  expect(devices.devices.filter((device: { current: boolean }) => device.current)).toHaveLength(1);
  expect(
    devices.devices.find((device: { current: boolean; sessions: number }) => device.current).sessions,
  ).toBeGreaterThan(1);
});

test('an ended session asks again over the page and loses nothing', async ({ page, words, rep }, info) => {
  eachOnce(info.project.name);
  await signIn(page, words, rep);
  await page.goto('/new/customer');
  const name = page.locator('#field-name');
  await name.fill('会话结束也不丢的客户');
  await page.getByRole('checkbox', { name: words('notice.agreed') }).check();
  // Ended somewhere else, by an administrator or from another device: the open stream ends with it.
  const { sessions } = await (await page.request.get('/api/v1/sessions')).json();
  for (const session of sessions.filter((one: { current: boolean }) => one.current))
    await page.request.delete(`/api/v1/sessions/${session.id}`, { headers: ours });
  const sheet = page.getByRole('dialog', { name: words('expired.title') });
  await expect(sheet).toBeVisible();
  await sound(page);
  // Behind it every call waits: it stays, whatever the browser closes.
  for (let times = 0; times < 3; times += 1) await page.keyboard.press('Escape');
  await expect(sheet.getByLabel(words('signin.password'))).toBeFocused();
  await sheet.getByLabel(words('signin.password')).fill('not-the-password');
  await sheet.getByRole('button', { name: words('signin.go'), exact: true }).click();
  await expect(sheet.getByRole('alert')).toBeVisible();
  await sheet.getByLabel(words('signin.password')).fill(rep.password);
  await sheet.getByRole('button', { name: words('signin.go'), exact: true }).click();
  await expect(sheet).toHaveCount(0);
  await expect(page.getByRole('checkbox', { name: words('notice.agreed') })).toBeChecked();
  await page.getByRole('button', { name: words('save'), exact: true }).click();
  await expect(page.getByRole('heading', { level: 1, name: '会话结束也不丢的客户' })).toBeVisible();
});

test('a session that nobody uses ends, and what was typed waits', async ({ page, words, rep }, info) => {
  eachOnce(info.project.name);
  const idle = 3;
  const { demo, stop } = await startDemo('--idle-seconds', String(idle));
  try {
    await page.goto(`${demo.url}/sign-in`);
    await page.getByLabel(words('signin.login')).fill(rep.login);
    await page.getByLabel(words('signin.password')).fill(rep.password);
    await page.getByRole('button', { name: words('signin.go'), exact: true }).click();
    await page.getByRole('heading', { level: 1, name: words('today.title') }).waitFor();
    // A page that has just begun still asks, the log last of all; only then is it quiet.
    const begun = page.waitForResponse((answer) => answer.url().endsWith('/ledger/checkpoint'));
    await page.goto(`${demo.url}/new/customer`);
    await page.locator('#field-name').fill('离开座位的客户');
    await page.getByRole('checkbox', { name: words('notice.agreed') }).check();
    await begun;
    await page.waitForTimeout(idle * 1000 + 500);
    const refused = page.waitForResponse((answer) => answer.url().endsWith('/objects/customer/records'));
    await page.getByRole('button', { name: words('save'), exact: true }).click();
    expect((await refused).status()).toBe(401);
    const sheet = page.getByRole('dialog', { name: words('expired.title') });
    await sheet.getByLabel(words('signin.password')).fill(rep.password);
    await sheet.getByRole('button', { name: words('signin.go'), exact: true }).click();
    // The save that was waiting goes on by itself.
    await expect(page.getByRole('heading', { level: 1, name: '离开座位的客户' })).toBeVisible();
    await page.goto('about:blank');
  } finally {
    await stop();
  }
});

test('signing out leaves nothing behind but what is the device’s', async ({ page, words, rep }, info) => {
  eachOnce(info.project.name);
  await signIn(page, words, rep);
  await page.goto('/new/customer');
  await page.locator('#field-name').fill('退出前的草稿');
  const stored = () => page.evaluate(() => ({ ...localStorage }) as Record<string, string>);
  // The witness of the ledger is the device's: the house cannot make it forget by sending somebody out.
  await expect.poll(async () => (await stored())['kedun.ledger'], { timeout: 15_000 }).toBeTruthy();
  await page.evaluate(() => {
    localStorage.setItem('kedun.theme', 'dark');
    localStorage.setItem('kedun.purpose', 'visit');
  });
  const before = await stored();
  await page.goto('/me');
  await page.getByRole('button', { name: words('signout') }).click();
  await page.waitForURL(/sign-in/);
  await page.getByRole('button', { name: words('signin.go') }).waitFor();
  const after = await stored();
  expect(Object.keys(after).sort()).toEqual(['kedun.language', 'kedun.ledger', 'kedun.theme']);
  expect(after['kedun.language']).toBe(before['kedun.language']);
  await page.goto('/records/customer');
  await page.waitForURL(/sign-in/);
});

test('who begins at the front page is sent to the door, and what was refused there is not held against them', async ({
  page,
  words,
  rep,
}, info) => {
  eachOnce(info.project.name);
  await page.addInitScript(
    (code) => {
      if (!localStorage.getItem('kedun.language')) localStorage.setItem('kedun.language', code);
    },
    words('save') === 'Save' ? 'en' : 'zh-CN',
  );
  const asked = page.waitForResponse((answer) => answer.url().endsWith('/api/v1/today'));
  await page.goto('/');
  await page.waitForURL(/sign-in/);
  expect((await asked).status()).toBe(401);
  await page.getByLabel(words('signin.login')).fill(rep.login);
  await page.getByLabel(words('signin.password'), { exact: true }).fill(rep.password);
  await page.getByRole('button', { name: words('signin.go'), exact: true }).click();
  await expect(page.getByRole('region', { name: words('today.overdue') })).toBeVisible();
  await expect(page.getByRole('dialog', { name: words('expired.title') })).toHaveCount(0);
});
