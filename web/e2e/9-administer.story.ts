/** The three administrators: each has their own part of the house, and none has the others'. */
import type { Browser, Page } from '@playwright/test';
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

const only = (demo: Demo, role: RegExp) => people(demo, role)[0] as Person;
const system = (demo: Demo) => only(demo, /system_admin|系统管理员/i);
const security = (demo: Demo) => only(demo, /security_admin|安全管理员/i);
const auditor = (demo: Demo) => only(demo, /audit_admin|审计管理员/i);

async function elsewhere(browser: Browser, url: string, page: Page, locale: string): Promise<Page> {
  const context = await browser.newContext({ baseURL: url, locale, viewport: page.viewportSize() });
  return context.newPage();
}

test('an account begins with a one-time password and ends with one that only its owner knows', async ({
  page,
  browser,
  demo,
  words,
  locale,
}) => {
  await signIn(page, words, system(demo));
  await page.goto('/people');
  const login = `xin.ren.${digits()}`;
  await page.getByRole('button', { name: words('people.new') }).click();
  const sheet = page.getByRole('dialog');
  await sheet.getByLabel(words('people.name')).fill('新人');
  // A mistake is said at its field.
  await sheet.getByLabel(words('people.login')).fill('X');
  await sheet.getByLabel(words('people.department')).selectOption({ index: 3 });
  await sheet.getByRole('button', { name: words('people.open') }).click();
  await expect(sheet.getByLabel(words('people.login'))).toHaveAttribute('aria-invalid', 'true');
  await sound(page);
  await sheet.getByLabel(words('people.login')).fill(login);
  await sheet.getByRole('button', { name: words('people.open') }).click();
  const once = page.getByRole('dialog', { name: words('onetime.title', { name: '新人' }) });
  const password = await once.locator('code').innerText();
  await sound(page);
  // It is shown once: a browser that closes what is asked to close twice does not take it away.
  for (let times = 0; times < 3; times += 1) await page.keyboard.press('Escape');
  await expect(once.locator('code')).toHaveText(password);
  // What is said of it stands where it can be read and tapped, on top.
  await once.getByRole('button', { name: words('onetime.copy'), exact: true }).click();
  const said = once.getByRole('status').locator('> div');
  await expect(said).toHaveText(new RegExp(`${words('onetime.copied')}|${words('copy.by_hand')}`));
  await said.getByRole('button', { name: words('toast.dismiss') }).click();
  await expect(said).toHaveCount(0);
  await once.getByRole('button', { name: words('onetime.done') }).click();
  await expect(page.getByText(password)).toHaveCount(0);

  const theirs = await elsewhere(browser, demo.url, page, locale ?? 'zh-CN');
  await signIn(theirs, words, { ...system(demo), login, password });
  await theirs.goto('/records/customer');
  await expect(theirs).toHaveURL(/\/welcome$/);
  await sound(theirs);
  const fill = async () => {
    await theirs.getByLabel(words('welcome.current')).fill(password);
    await theirs.getByLabel(words('password.new')).fill('mine-alone-2026!');
  };
  // A session that ended meanwhile leads back to the door, also when the page is opened again.
  await fill();
  await theirs.getByLabel(words('welcome.again')).fill('mine-alone-2026!');
  await theirs.context().clearCookies();
  await theirs.getByRole('button', { name: words('welcome.go') }).click();
  await expect(theirs).toHaveURL(/\/sign-in/);
  await theirs.goto('/welcome');
  await expect(theirs).toHaveURL(/\/sign-in/);
  await signIn(theirs, words, { ...system(demo), login, password });
  await theirs.goto('/welcome');
  await fill();
  await theirs.getByLabel(words('welcome.again')).fill('mine-alone-2026');
  await expect(theirs.getByText(words('welcome.differs'))).toBeVisible();
  await theirs.getByLabel(words('welcome.again')).fill('mine-alone-2026!');
  await theirs.getByRole('button', { name: words('welcome.go') }).click();
  await expect(theirs).toHaveURL(new URL('/', demo.url).href);
  await theirs.context().close();
});

test('a team is added, moved and removed, and a circle is refused where it was asked', async ({
  page,
  demo,
  words,
}) => {
  await signIn(page, words, system(demo));
  await page.goto('/departments');
  const name = `团队${digits()}`;
  const row = page.getByRole('listitem').filter({ hasText: name }).last();
  const act = async (of: string, key: 'departments.move' | 'departments.remove' | 'departments.rename') => {
    await page.getByRole('button', { name: words('departments.menu', { name: of }) }).click();
    await page.getByRole('button', { name: words(key), exact: true }).click();
  };
  await page.getByRole('button', { name: words('departments.add'), exact: true }).click();
  const sheet = page.getByRole('dialog');
  await sheet.getByLabel(words('departments.name')).fill(name);
  await sheet.getByLabel(words('departments.parent')).selectOption({ index: 2 });
  await sheet.getByRole('button', { name: words('departments.go.add'), exact: true }).click();
  await expect(row).toBeVisible();
  await act(name, 'departments.move');
  await sheet.getByLabel(words('departments.parent')).selectOption('');
  await sound(page);
  await sheet.getByRole('button', { name: words('departments.go.move'), exact: true }).click();
  await expect(sheet).toBeHidden();
  await act(name, 'departments.remove');
  await sheet.getByRole('button', { name: words('departments.go.remove'), exact: true }).click();
  await expect(page.getByRole('button', { name: words('departments.menu', { name }) })).toHaveCount(0);
  // What is in use stays, and the sheet says why.
  await act('华东销售部', 'departments.remove');
  await sheet.getByRole('button', { name: words('departments.go.remove'), exact: true }).click();
  await expect(sheet.getByRole('alert')).toBeVisible();
});

test('a role is changed by clicking: previewed for its holders, published, and taken back', async ({
  page,
  demo,
  words,
  wide,
  english,
}) => {
  await signIn(page, words, security(demo));
  await page.goto('/roles');
  // Eight roles and the kind of record; other stories make roles of their own.
  if (wide) await expect.poll(() => page.getByRole('columnheader').count()).toBeGreaterThanOrEqual(9);
  await page.goto('/roles/intern');
  const label = english ? 'Customer' : '客户';
  await page.locator('summary', { hasText: label }).first().click();
  const grant = page.getByRole('region', { name: new RegExp(`^${label} · `) });
  const edit = grant.getByRole('checkbox', { name: words('verb.edit'), exact: true });
  const before = await edit.isChecked();
  await edit.click();
  await page.getByRole('button', { name: words('roles.preview') }).click();
  const sheet = page.getByRole('dialog');
  await expect(sheet).toContainText('孙悦');
  await expect(sheet.getByRole('listitem')).toHaveCount(1);
  await sound(page);
  await sheet.getByRole('button', { name: words('roles.publish'), exact: true }).click();
  await expect(sheet).toBeHidden();
  await page.getByRole('tab', { name: words('roles.versions') }).click();
  const back = page
    .getByRole('listitem')
    .getByRole('button', { name: words('versions.back') })
    .first();
  await back.click();
  await sheet.getByRole('button', { name: words('versions.back') }).click();
  await expect(sheet).toBeHidden();
  await page.getByRole('tab', { name: words('roles.rights') }).click();
  await page.locator('summary', { hasText: label }).first().click();
  await expect(edit).toBeChecked({ checked: before });
});

test('of two who publish the second is told, and nothing of theirs is in force', async ({
  page,
  demo,
  words,
}, info) => {
  eachOnce(info.project.name);
  await signIn(page, words, security(demo));
  await page.goto('/roles/service');
  await page.getByLabel(words('roles.reveals')).fill('3');
  const api = await apiAs(demo, security(demo));
  const present = (await api('GET', '/definitions/role/service')).body;
  const body = { ...present.body, reveals_per_hour: 9 };
  await api('POST', '/definitions/role/service/versions', { body, based_on: present.version });
  await page.getByRole('button', { name: words('roles.preview') }).click();
  const sheet = page.getByRole('dialog');
  await sheet.getByRole('button', { name: words('roles.publish'), exact: true }).click();
  await expect(sheet.getByRole('alert')).toContainText(words('roles.overtaken'));
  await sheet.getByRole('button', { name: words('roles.take_theirs') }).click();
  await expect(page.getByLabel(words('roles.reveals'))).toHaveValue('9');
});

test('who can see a customer is told by name and rule, and the customer is not shown', async ({
  page,
  demo,
  words,
  rep,
}) => {
  const phone = `139${digits()}`;
  const made = await collect(await apiAs(demo, rep), { name: `可见诊所${digits()}`, phone });
  await signIn(page, words, security(demo));
  await page.goto('/who');
  await page.getByLabel(words('who.record')).fill('?');
  await page.getByRole('button', { name: words('who.look'), exact: true }).click();
  await expect(page.getByText(words('who.format'))).toBeVisible();
  await page.getByLabel(words('who.record')).fill(`${demo.url}/records/customer/${made.id}`);
  await page.getByRole('button', { name: words('who.look'), exact: true }).click();
  const list = page.getByRole('list', { name: words('seers.title') });
  await expect(list.getByRole('listitem').filter({ hasText: rep.name })).toContainText(words('seers.in.own'));
  await expect(page.getByRole('main')).not.toContainText(made.title);
  await sound(page);
  // The number that stands for it everywhere leads there as well.
  await page.goto('/who');
  await page.getByLabel(words('who.record')).fill(made.id.slice(-8).toUpperCase());
  await page.getByRole('button', { name: words('who.look'), exact: true }).click();
  await expect(list.getByRole('listitem').filter({ hasText: rep.name })).toContainText(words('seers.in.own'));
  // Whose alerts one looks through is still said by name after a reload.
  const asked = (await (await apiAs(demo, rep))('GET', '/me')).body.person.id;
  await page.goto(`/who?record=${made.id}&person=${asked}`);
  await expect(page.getByLabel(words('who.person'))).toContainText(rep.name);
  // Why somebody else does not.
  const other = only(demo, /service|客服/i);
  await page.getByLabel(words('seers.person')).click();
  const picker = page.getByRole('dialog');
  await picker.getByRole('searchbox').fill(other.name);
  await picker.getByRole('button', { name: other.name }).click();
  await expect(page.getByRole('status').filter({ hasText: other.name })).toContainText(
    words('seers.cannot', { name: other.name }),
  );
});

test('a session of somebody else ends with one tap', async ({ page, browser, demo, words, rep, locale }) => {
  const theirs = await elsewhere(browser, demo.url, page, locale ?? 'zh-CN');
  await signIn(theirs, words, rep);
  await signIn(page, words, security(demo));
  await page.goto('/sessions');
  await page.getByRole('searchbox').fill(rep.name);
  await page
    .getByRole('button', {
      name: words('action.for', { action: words('presence.end_all'), title: rep.name }),
    })
    .click();
  const sheet = page.getByRole('dialog');
  await sheet.getByRole('button', { name: words('presence.end_all') }).click();
  await expect(sheet).toBeHidden();
  expect((await theirs.request.get('/api/v1/me')).status()).toBe(401);
  await theirs.context().close();
});

test('thresholds are published as a version and go back', async ({ page, demo, words }) => {
  await signIn(page, words, security(demo));
  await page.goto('/settings');
  const more = page.getByLabel(words('rule.input.reveal_rate_more_than'));
  await more.fill('0');
  await sound(page);
  await page.getByRole('button', { name: words('settings.rules.publish') }).click();
  await expect(more).toHaveAttribute('aria-invalid', 'true');
  await more.fill('21');
  const published = page.waitForResponse((answer) => answer.url().endsWith('/rules/alerts/versions'));
  await page.getByRole('button', { name: words('settings.rules.publish') }).click();
  expect((await published).status()).toBe(201);
  await page.reload();
  await expect(more).toHaveValue('21');
  const rules = page.locator('section', {
    has: page.getByRole('heading', { name: words('settings.rules') }),
  });
  await rules.locator('summary').filter({ hasText: /\d/ }).click();
  await rules
    .getByRole('listitem')
    .filter({ hasText: words('settings.brought') })
    .getByRole('button', { name: words('versions.back') })
    .click();
  await expect(more).toHaveValue('30');
});

test('each administrator begins with their own duties and sees no part of the others', async ({
  page,
  browser,
  demo,
  words,
  locale,
}) => {
  const parts = [
    {
      who: system(demo),
      has: '/people',
      not: ['/roles', '/settings/none', '/sessions'],
      title: words('duties.accounts'),
    },
    { who: security(demo), has: '/roles', not: ['/departments'], title: words('duties.security') },
    {
      who: auditor(demo),
      has: '/settings',
      not: ['/people', '/roles', '/sessions'],
      title: words('duties.audit'),
    },
  ];
  for (const { who, has, not, title } of parts) {
    const desk = await elsewhere(browser, demo.url, page, locale ?? 'zh-CN');
    await signIn(desk, words, who);
    await desk.goto('/');
    await expect(desk.getByRole('heading', { name: title })).toBeVisible();
    await sound(desk);
    if ((page.viewportSize()?.width ?? 0) < 1024) await desk.goto('/me');
    const links = desk.getByRole('link').or(desk.getByRole('button'));
    await expect(links.first()).toBeVisible();
    const hrefs = await desk.locator('a').evaluateAll((all) => all.map((a) => a.getAttribute('href') ?? ''));
    for (const path of not) expect(hrefs, `${who.login} ${path}`).not.toContain(path);
    if ((page.viewportSize()?.width ?? 0) >= 1024) expect(hrefs).toContain(has);
    // What is not theirs is refused in words, not by a broken page.
    const foreign = not[0] ?? '/';
    await desk.goto(foreign);
    await expect(desk.getByRole('main')).toBeVisible();
    await desk.context().close();
  }
});
