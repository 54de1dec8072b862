/** Who looked, what changed, at which hour; the register of exports and its review. */
import {
  apiAs,
  collect,
  type Demo,
  digits,
  eachOnce,
  expect,
  type Person,
  people,
  signIn,
  sound,
  test,
} from './demo';

const security = (demo: Demo) => people(demo, /security/)[0] as Person;

test('a record tells who changed what, and who looked and why', async ({ page, demo, words, rep }) => {
  const api = await apiAs(demo, rep);
  const name = `变更样本${digits()}`;
  const { id } = await collect(api, { name, phone: `139${digits()}`, level: 'B' });
  await api('PATCH', `/objects/customer/records/${id}`, { revision: 1, fields: { level: 'A' } });
  await api('PATCH', `/objects/customer/records/${id}`, { revision: 2, fields: { phone: `138${digits()}` } });
  await api('POST', `/objects/customer/records/${id}/reveals`, { field: 'phone', purpose: 'visit' });
  await signIn(page, words, rep);
  await page.goto(`/records/customer/${id}`);
  await page.getByRole('tab', { name: words('tab.history') }).click();
  const panel = page.getByRole('tabpanel');
  await expect(panel.getByRole('listitem')).toHaveCount(2);
  // Masked as the record is, before and after.
  await expect(panel.getByText(/^139\*{4}/)).toBeVisible();
  await expect(panel.getByText(/^138\*{4}/)).toBeVisible();

  await page.getByRole('tab', { name: words('tab.audience') }).click();
  await panel.getByRole('radio', { name: words('look.reveal'), exact: true }).check();
  await expect(panel.getByRole('listitem')).toHaveCount(1);
  await expect(panel).toContainText(words('audience.purpose', { purpose: words('purpose.visit') }));
});

test('the heat map counts looks, and its table is one tap away', async ({ page, demo, words, rep }) => {
  const api = await apiAs(demo, rep);
  const { body } = await api('POST', '/objects/customer/query', { view: 'mine', limit: 5 });
  for (const record of body.records) await api('GET', `/objects/customer/records/${record.id}`);
  await signIn(page, words, security(demo));
  await page.goto('/looks');
  await expect(page.getByRole('img', { name: new RegExp(rep.name) }).or(page.getByRole('img'))).toBeVisible();
  await page.getByRole('button', { name: new RegExp(words('chart.as_table')) }).click();
  await expect(page.getByRole('rowheader', { name: rep.name })).toBeVisible();
  await sound(page);
});

test('who watches over nobody is told so', async ({ page, words, rep }, info) => {
  eachOnce(info.project.name);
  await signIn(page, words, rep);
  for (const path of ['/looks', '/register']) {
    await page.goto(path);
    await expect(page.getByRole('main')).toContainText(words('problem.forbidden.why'));
  }
});

test('the register finds an export and where a leaked line came from', async ({ page, demo, words, rep }) => {
  const api = await apiAs(demo, rep);
  const ordered = await api('POST', '/exports', {
    object: 'customer',
    fields: ['name', 'level'],
    filter: { field: 'level', op: 'eq', value: 'A' },
    purpose: 'report',
    format: 'csv',
  });
  expect(ordered.status, JSON.stringify(ordered.body)).toBe(202);
  const { id, number } = ordered.body;
  await expect
    .poll(async () => (await api('GET', `/exports/${id}`)).body.state, { timeout: 20_000 })
    .toBe('ready');

  await signIn(page, words, rep);
  await page.goto('/exports');
  const leaked = await (await page.request.get(`/api/v1/exports/${id}/file`)).text();
  await page.context().clearCookies();
  await signIn(page, words, security(demo));
  await page.goto('/register');
  const mine = page.locator('details').filter({ hasText: number });
  await expect(mine).toContainText(rep.name);
  await mine.locator('summary').click();
  await expect(mine).toContainText(words('register.file.hash'));
  await sound(page);

  await page.getByRole('tab', { name: words('register.tab.trace') }).click();
  await page.getByLabel(words('trace.text')).fill(leaked);
  await page.getByRole('button', { name: words('trace.go') }).click();
  await expect(page.locator('details').filter({ hasText: number })).toBeVisible();
  await sound(page);
  await page.getByLabel(words('trace.text')).fill('nothing of ours');
  await page.getByRole('button', { name: words('trace.go') }).click();
  await expect(page.getByText(words('trace.none'), { exact: true })).toBeVisible();

  await page.getByRole('tab', { name: words('register.tab.reviews') }).click();
  await expect(page.getByText(words('reviews.state.open'))).toBeVisible();
});

test('a register that is cut off says so, and a print is among the ways to look', async ({
  page,
  demo,
  words,
  rep,
}, info) => {
  eachOnce(info.project.name);
  const api = await apiAs(demo, rep);
  const { id } = await collect(api, { name: `被翻看的诊所${digits()}` });
  await api('POST', `/objects/customer/prints`, { records: [id] });
  await api('GET', `/objects/customer/records/${id}`);
  await signIn(page, words, rep);
  await page.goto(`/records/customer/${id}`);
  await page.getByRole('tab', { name: words('tab.audience') }).click();
  const panel = page.getByRole('tabpanel');
  await panel.getByRole('radio', { name: words('look.print'), exact: true }).check();
  await expect(panel.getByRole('listitem')).toHaveCount(1);
  await expect(panel.getByText(words('list.newest', { n: 500 }))).toHaveCount(0);

  const at = (n: number) => new Date(Date.now() - n * 3_600_000).toISOString();
  await page.route('**/audience', async (route) => {
    const { looks } = await (await route.fetch()).json();
    const [look] = looks;
    await route.fulfill({ json: { looks: Array.from({ length: 500 }, (_, n) => ({ ...look, at: at(n) })) } });
  });
  const asked: string[] = [];
  for (const [path, key] of [
    [/\/api\/v1\/erasures\?/, 'erasures'],
    [/\/api\/v1\/handovers\?/, 'handovers'],
  ] as const)
    await page.route(path, async (route) => {
      asked.push(route.request().url());
      const one =
        key === 'erasures'
          ? {
              state: 'done',
              ground: 'consent_withdrawn',
              object: 'customer',
              record: 'r',
              requester: null,
              approver: null,
            }
          : {
              state: 'done',
              number: 'HO',
              person: null,
              reason: 'other',
              progress: {},
              inventory: {},
              ended: {},
            };
      await route.fulfill({
        json: { [key]: Array.from({ length: 200 }, (_, n) => ({ ...one, id: `${n}` })) },
      });
    });
  await page.reload();
  await page.getByRole('tab', { name: words('tab.audience') }).click();
  await expect(panel.getByText(words('list.newest', { n: 500 }))).toBeVisible();
  for (const [path, role] of [
    ['/erasures', /legal|法务/i],
    ['/handovers', /system|系统/i],
  ] as const) {
    await page.context().clearCookies();
    await signIn(page, words, people(demo, role)[0] as Person);
    await page.goto(path);
    await expect(page.getByText(words('list.newest', { n: 200 }))).toBeVisible();
  }
  expect(asked.every((url) => url.includes('limit=200'))).toBe(true);
});
