/** What goes wrong in life: a tap too many, the back button, a network that dies, another tab, a server in trouble. */
import type { Page } from '@playwright/test';
import {
  apiAs,
  collect,
  demoPerson,
  digits,
  eachOnce,
  expect,
  ours,
  people,
  rows,
  signIn,
  sound,
  startDemo,
  test,
  typeCredentials,
} from './demo';

test.beforeEach(({ wide: _ }, info) => eachOnce(info.project.name));

/** Every change that this page asks for, as `POST /objects/plan/records`. */
function changes(page: Page): string[] {
  const seen: string[] = [];
  page.on('request', (request) => {
    const path = new URL(request.url()).pathname.replace('/api/v1', '');
    if (request.method() !== 'GET' && !/\/(query|search|duplicates|previews?)$/.test(path))
      seen.push(`${request.method()} ${path.replace(/[0-9a-f-]{36}/g, '…')}`);
  });
  return seen;
}

/** A gate that requests wait at until the story opens it. */
function gateway(): { promise: Promise<void>; resolve: () => void } {
  let resolve = () => {};
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}

/** Sends the next such request on and loses its answer on the way back. */
async function loseAnswer(page: Page, method: string, path: string): Promise<void> {
  let lost = false;
  await page.route(path, async (route) => {
    if (lost || route.request().method() !== method) return route.fallback();
    lost = true;
    await route.fetch();
    await route.abort('connectionreset');
  });
}

test.describe('a second tap', () => {
  test('on a follow-up, a plan, an edit and an export asks once', async ({ page, words, rep, demo }) => {
    const { id, title } = await collect(await apiAs(demo, rep), { name: `点两次的医院${digits()}` });
    await signIn(page, words, rep);
    await page.goto(`/records/customer/${id}`);
    const asked = changes(page);
    const save = (place: Page | ReturnType<Page['getByRole']>) =>
      place.getByRole('button', { name: words('save'), exact: true });

    await page.locator('[data-composer]').getByRole('button').first().click();
    const composer = page.getByRole('dialog', { name: words('followup.title') });
    await composer.getByLabel(words('followup.text')).fill('点了两次');
    await save(composer).dblclick();
    await expect(composer).toHaveCount(0);
    expect(asked.splice(0)).toEqual(['POST /objects/follow_up/records']);

    await page.getByRole('button', { name: words('more') }).click();
    await page.getByRole('button', { name: words('plan.new') }).click();
    const plan = page.getByRole('dialog', { name: words('plan.new') });
    await plan.getByRole('radio', { name: words('plan.quick.tomorrow') }).check();
    await save(plan).dblclick();
    await expect(plan).toHaveCount(0);
    expect(asked.splice(0)).toEqual(['POST /objects/plan/records']);

    await page.getByRole('tab', { name: words('tab.data') }).click();
    await page.getByRole('tabpanel').locator('dd button').first().click();
    await page.getByRole('tabpanel').getByRole('textbox').first().fill(`${title}改`);
    await save(page.getByRole('tabpanel')).dblclick();
    await expect(page.getByRole('heading', { level: 1, name: `${title}改` })).toBeVisible();
    expect(asked.splice(0)).toEqual(['PATCH /objects/customer/records/…']);

    await page.goto('/records/customer?view=mine');
    await page.getByRole('button', { name: words('action.export') }).click();
    const sheet = page.getByRole('dialog');
    await sheet.getByRole('button', { name: words('export.ask'), exact: true }).dblclick();
    await expect(sheet).toHaveCount(0);
    expect(asked.splice(0)).toEqual(['POST /exports']);
    const { exports } = await (await page.request.get('/api/v1/exports')).json();
    for (const open of exports.filter((one: { state: string }) => one.state === 'waiting'))
      await page.request.post(`/api/v1/exports/${open.id}/cancellation`, { headers: ours });
  });

  test('on signing in opens one session', async ({ page, words, demo }) => {
    const someone = people(demo, /^rep$/).at(-2);
    if (!someone) throw new Error('no rep');
    await page.goto('/sign-in');
    await page.getByLabel(words('signin.login')).fill(someone.login);
    const asked = changes(page);
    await page.getByLabel(words('signin.password'), { exact: true }).fill(someone.password);
    await page.locator('form button[type=submit]').dblclick();
    await page.waitForURL((url) => url.pathname === '/');
    expect(asked.filter((one) => one === 'POST /sessions')).toHaveLength(1);
  });
});

test.describe('the back button', () => {
  test('leaves a follow-up half written, and it is there on return', async ({ page, words, rep, demo }) => {
    const { id } = await collect(await apiAs(demo, rep), { name: `写到一半的医院${digits()}` });
    await signIn(page, words, rep);
    await page.goto('/me');
    await page.getByRole('heading', { level: 1 }).waitFor();
    await page.goto(`/records/customer/${id}`);
    await page.locator('[data-composer]').getByRole('button').first().click();
    const text = page.getByRole('dialog').getByLabel(words('followup.text'));
    await text.fill('谈到一半，按了返回');
    await page.goBack();
    await expect(page.getByRole('heading', { level: 1, name: words('me.title') })).toBeVisible();
    await page.goForward();
    await page.locator('[data-composer]').getByRole('button').first().click();
    await expect(text).toHaveValue('谈到一半，按了返回');
  });

  test('pressed while something is being saved, does not pull one back to it', async ({
    page,
    words,
    rep,
  }) => {
    await signIn(page, words, rep);
    await page.goto('/new/customer');
    const name = `存着就走的客户${digits()}`;
    await page.locator('#field-name').fill(name);
    await page.getByRole('checkbox', { name: words('notice.agreed') }).check();
    const gate = gateway();
    await page.route('**/objects/customer/records', async (route) => {
      await gate.promise;
      await route.continue();
    });
    await page.getByRole('button', { name: words('save'), exact: true }).click();
    await page.getByRole('button', { name: words('back') }).click();
    await expect(page.getByRole('heading', { level: 1, name: words('today.title') })).toBeVisible();
    gate.resolve();
    await expect(page.getByText(words('intake.saved', { title: name }))).toBeVisible();
    await expect(page.getByRole('heading', { level: 1, name: words('today.title') })).toBeVisible();
  });
});

test('an act that is answered after one has left says so and leads nowhere', async ({
  page,
  words,
  rep,
  demo,
}) => {
  const { id, title } = await collect(await apiAs(demo, rep), { name: `慢慢退回的医院${digits()}` });
  await signIn(page, words, rep);
  await page.goto(`/records/customer/${id}`);
  const gate = gateway();
  await page.route('**/releases', async (route) => {
    await gate.promise;
    await route.continue();
  });
  await page.getByRole('button', { name: words('more') }).click();
  await page.getByRole('button', { name: words('action.release'), exact: true }).click();
  const sheet = page.getByRole('dialog', { name: words('release.title', { title }) });
  await sheet.getByRole('textbox').fill('不再需要');
  await sheet.getByRole('button', { name: words('action.release'), exact: true }).click();
  await sheet.getByRole('button', { name: words('close') }).click();
  await page.getByRole('button', { name: words('back') }).click();
  await page
    .getByRole('link', { name: words('nav.me'), exact: true })
    .first()
    .click();
  await page.getByRole('heading', { level: 1, name: words('me.title') }).waitFor();
  gate.resolve();
  await expect(page.getByText(words('release.done', { title }))).toBeVisible();
  expect(new URL(page.url()).pathname).toBe('/me');
});

test.describe('a network that dies', () => {
  test('before the form is sent: it says so, keeps all, and sends it when asked again', async ({
    page,
    words,
    rep,
    context,
  }) => {
    await signIn(page, words, rep);
    await page.goto('/new/customer');
    const name = `断网前的客户${digits()}`;
    await page.locator('#field-name').fill(name);
    await page.getByRole('checkbox', { name: words('notice.agreed') }).check();
    await context.setOffline(true);
    const save = page.getByRole('button', { name: words('save'), exact: true });
    await save.click();
    await expect(page.getByRole('alert').first()).toHaveText(words('problem.offline'));
    await expect(page.getByText(words('offline'))).toBeVisible();
    await expect(page.locator('#field-name')).toHaveValue(name);
    await sound(page);
    await context.setOffline(false);
    await save.click();
    await expect(page.getByRole('heading', { level: 1, name })).toBeVisible();
  });

  test('after the form was sent: asking again writes nothing twice', async ({ page, words, rep }) => {
    await signIn(page, words, rep);
    await page.goto('/new/customer');
    const name = `回执丢失的客户${digits()}`;
    await page.locator('#field-name').fill(name);
    await page.getByRole('checkbox', { name: words('notice.agreed') }).check();
    await loseAnswer(page, 'POST', '**/objects/customer/records');
    const save = page.getByRole('button', { name: words('save'), exact: true });
    await save.click();
    await expect(page.getByRole('alert').first()).toHaveText(words('problem.offline'));
    await save.click();
    await expect(page.getByRole('heading', { level: 1, name })).toBeVisible();
    const found = await page.request.post('/api/v1/objects/customer/search', {
      data: { q: name },
      headers: ours,
    });
    expect((await found.json()).results).toHaveLength(1);
  });

  test('in the middle of a follow-up with a plan: both are there once', async ({
    page,
    words,
    rep,
    demo,
  }) => {
    const { id } = await collect(await apiAs(demo, rep), { name: `信号不好的医院${digits()}` });
    await signIn(page, words, rep);
    await page.goto(`/records/customer/${id}`);
    await page.locator('[data-composer]').getByRole('button').first().click();
    const sheet = page.getByRole('dialog', { name: words('followup.title') });
    const text = sheet.getByLabel(words('followup.text'));
    await text.fill('电梯里说的话');
    await sheet.getByRole('radio', { name: words('plan.quick.tomorrow') }).check();
    const save = sheet.getByRole('button', { name: words('save'), exact: true });
    await loseAnswer(page, 'POST', '**/objects/follow_up/records');
    await save.click();
    // The outbox has it now, and sends it again under the same key as soon as it can.
    await expect(sheet).toHaveCount(0);
    await page.reload();
    await page.getByRole('tab', { name: words('tab.data') }).waitFor();
    const kinds = async () => {
      const line = await page.request.get(`/api/v1/objects/customer/records/${id}/timeline`);
      const all = (await line.json()).entries.map((entry: { kind: string }) => entry.kind);
      return ['follow_up', 'plan'].map((kind) => all.filter((one: string) => one === kind).length);
    };
    await expect.poll(kinds, { timeout: 15_000 }).toEqual([1, 1]);
  });

  test('after an edit was sent: asking again is no conflict with oneself', async ({
    page,
    words,
    rep,
    demo,
  }) => {
    const { id, title } = await collect(await apiAs(demo, rep), { name: `改名的医院${digits()}` });
    await signIn(page, words, rep);
    await page.goto(`/records/customer/${id}`);
    await page.getByRole('tab', { name: words('tab.data') }).click();
    const panel = page.getByRole('tabpanel');
    await panel.locator('dd button').first().click();
    await panel.getByRole('textbox').first().fill(`${title}二`);
    await loseAnswer(page, 'PATCH', `**/objects/customer/records/${id}`);
    const save = panel.getByRole('button', { name: words('save'), exact: true });
    await save.click();
    await expect(panel.getByText(words('problem.offline'))).toBeVisible();
    await save.click();
    await expect(page.getByRole('heading', { level: 1, name: `${title}二` })).toBeVisible();
    await expect(page.getByRole('dialog')).toHaveCount(0);
  });

  test('while one goes to another page: it says so and comes back by itself', async ({
    page,
    words,
    rep,
    context,
    wide,
  }) => {
    await signIn(page, words, rep);
    await page.goto('/records/customer?view=mine');
    await rows(page, wide).first().waitFor();
    // Its code is here, its data is not.
    await rows(page, wide).nth(1).locator('a, button').first().click();
    await page.getByRole('tab', { name: words('tab.data') }).waitFor();
    if (wide) await page.keyboard.press('Escape');
    else await page.goBack();
    await rows(page, wide).nth(3).waitFor();
    await context.setOffline(true);
    await rows(page, wide).nth(3).locator('a, button').first().click();
    await expect(page.getByText(words('problem.offline.title')).first()).toBeVisible({ timeout: 15_000 });
    await sound(page);
    await context.setOffline(false);
    await expect(page.getByRole('tab', { name: words('tab.data') })).toBeVisible({ timeout: 15_000 });
  });
});

test.describe('a session that ends', () => {
  test('in the middle of a follow-up and of an edit: what was typed is saved after signing in', async ({
    page,
    words,
    rep,
    demo,
  }) => {
    const { id, title } = await collect(await apiAs(demo, rep), { name: `过期的医院${digits()}` });
    await signIn(page, words, rep);
    await page.goto(`/records/customer/${id}`);
    const end = async () => {
      const { sessions } = await (await page.request.get('/api/v1/sessions')).json();
      for (const session of sessions.filter((one: { current: boolean }) => one.current))
        await page.request.delete(`/api/v1/sessions/${session.id}`, { headers: ours });
    };
    const back = async () => {
      const sheet = page.getByRole('dialog', { name: words('expired.title') });
      await sheet.getByLabel(words('signin.password')).fill(rep.password);
      await sheet.getByRole('button', { name: words('signin.go'), exact: true }).click();
      await expect(sheet).toHaveCount(0);
    };
    await page.locator('[data-composer]').getByRole('button').first().click();
    const composer = page.getByRole('dialog', { name: words('followup.title') });
    await composer.getByLabel(words('followup.text')).fill('会话断了也要留下');
    await end();
    await back();
    await composer.getByRole('button', { name: words('save'), exact: true }).click();
    await expect(page.getByRole('tabpanel').getByText('会话断了也要留下')).toBeVisible();

    await page.getByRole('tab', { name: words('tab.data') }).click();
    const panel = page.getByRole('tabpanel');
    await panel.locator('dd button').first().click();
    await panel.getByRole('textbox').first().fill(`${title}续`);
    await end();
    await back();
    await panel.getByRole('button', { name: words('save'), exact: true }).click();
    await expect(page.getByRole('heading', { level: 1, name: `${title}续` })).toBeVisible();
  });
});

test.describe('two tabs', () => {
  test('going out in one leaves no customer in the other', async ({ page, words, rep, context, wide }) => {
    await signIn(page, words, rep);
    await page.goto('/records/customer?view=mine');
    const name = await rows(page, wide).first().locator('b, th button').first().innerText();
    const other = await context.newPage();
    await other.goto('/new/customer');
    await other.locator('#field-name').fill('另一个标签页的客户');
    await page.goto('/me');
    await page.getByRole('button', { name: words('signout') }).click();
    await page.waitForURL(/sign-in/);
    await other.waitForURL(/sign-in/);
    for (const tab of [page, other]) {
      await expect(tab.locator('body')).not.toContainText(name);
      expect(await tab.evaluate(() => Object.keys(localStorage).filter((key) => /draft/.test(key)))).toEqual(
        [],
      );
    }
  });

  test('somebody else coming in takes the other along', async ({ page, words, rep, manager, context }) => {
    await signIn(page, words, rep);
    await page.goto('/new/customer');
    await page.locator('#field-name').fill('前一个人的客户');
    const other = await context.newPage();
    await typeCredentials(other, words, manager.login, manager.password);
    await other.getByRole('heading', { level: 1, name: words('today.title') }).waitFor();
    await page.waitForURL((url) => url.pathname === '/');
    await expect(page.locator(`svg[data-watermark*="${manager.name}"]`).first()).toBeVisible();
    await expect(page.locator('body')).not.toContainText('前一个人的客户');
  });

  test('signing in again in one goes on in both', async ({ page, words, rep, context }) => {
    await signIn(page, words, rep);
    await page.goto('/new/customer');
    const name = `两页都过期${digits()}`;
    await page.locator('#field-name').fill(name);
    await page.getByRole('checkbox', { name: words('notice.agreed') }).check();
    const other = await context.newPage();
    await other.goto('/me');
    await other.getByRole('heading', { level: 1, name: words('me.title') }).waitFor();
    const { sessions } = await (await page.request.get('/api/v1/sessions')).json();
    for (const session of sessions.filter((one: { current: boolean }) => one.current))
      await page.request.delete(`/api/v1/sessions/${session.id}`, { headers: ours });
    const sheets = [page, other].map((tab) => tab.getByRole('dialog', { name: words('expired.title') }));
    for (const sheet of sheets) await expect(sheet).toBeVisible({ timeout: 15_000 });
    const [, there] = sheets;
    await there?.getByLabel(words('signin.password')).fill(rep.password);
    await there?.getByRole('button', { name: words('signin.go'), exact: true }).click();
    for (const sheet of sheets) await expect(sheet).toHaveCount(0);
    await page.getByRole('button', { name: words('save'), exact: true }).click();
    await expect(page.getByRole('heading', { level: 1, name })).toBeVisible();
  });

  test('editing one field in both shows both versions, and either can be kept', async ({
    page,
    words,
    rep,
    demo,
    context,
  }) => {
    const { id, title } = await collect(await apiAs(demo, rep), { name: `两页同改的医院${digits()}` });
    await signIn(page, words, rep);
    const other = await context.newPage();
    const tabs = [
      [page, '甲'],
      [other, '乙'],
    ] as const;
    for (const [tab] of tabs) {
      await tab.goto(`/records/customer/${id}`);
      await tab.getByRole('tab', { name: words('tab.data') }).click();
    }
    for (const [tab, ending] of tabs) {
      await tab.getByRole('tabpanel').locator('dd button').first().click();
      await tab.getByRole('tabpanel').getByRole('textbox').first().fill(`${title}${ending}`);
    }
    const save = (tab: Page) =>
      tab
        .getByRole('tabpanel')
        .getByRole('button', { name: words('save'), exact: true })
        .click();
    await save(page);
    await expect(page.getByRole('heading', { level: 1, name: `${title}甲` })).toBeVisible();
    await save(other);
    const conflict = other.getByRole('dialog', { name: words('conflict.title') });
    await expect(conflict.getByText(`${title}甲`)).toBeVisible();
    await expect(conflict.getByText(`${title}乙`)).toBeVisible();
    await sound(other);
    // Closing it decides nothing and loses nothing.
    await conflict.getByRole('button', { name: words('close') }).click();
    await expect(other.getByRole('tabpanel').getByRole('textbox').first()).toHaveValue(`${title}乙`);
    await save(other);
    await conflict
      .getByRole('button', { name: new RegExp(words('conflict.keep_theirs', { field: '.*' })) })
      .click();
    await expect(other.getByRole('heading', { level: 1, name: `${title}甲` })).toBeVisible();
  });
});

test.describe('a server in trouble', () => {
  test('a slow one: every page says that it loads, and keeps its place', async ({
    page,
    words,
    rep,
    wide,
  }) => {
    await signIn(page, words, rep);
    await page.goto('/me');
    await page.getByRole('heading', { level: 1, name: words('me.title') }).waitFor();
    const gate = gateway();
    await page.route(/\/api\/v1\/(objects\/customer|today|tasks|exports|devices)/, async (route) => {
      await gate.promise;
      await route.continue();
    });
    for (const path of ['/records/customer', '/new/customer', '/approvals', '/exports', '/me/devices']) {
      await page.goto(path, { waitUntil: 'commit' });
      await expect(
        page
          .getByRole('status')
          .filter({ hasText: words('loading') })
          .first(),
        path,
      ).toBeVisible();
    }
    await page.goto('/records/customer', { waitUntil: 'commit' });
    await expect(
      page
        .getByRole('status')
        .filter({ hasText: words('loading') })
        .first(),
    ).toBeVisible();
    await sound(page);
    gate.resolve();
    await expect(rows(page, wide).first()).toBeVisible();
  });

  for (const status of [500, 503])
    test(`one that answers ${status}: every page says so, and tries again when asked`, async ({
      page,
      words,
      rep,
      wide,
    }) => {
      await signIn(page, words, rep);
      const trouble = /\/api\/v1\/(objects\/customer\/query|today|tasks|exports|devices|sessions)/;
      for (const path of ['/', '/records/customer', '/approvals', '/exports', '/me/devices']) {
        // As a proxy would say it, without a word of ours.
        await page.route(trouble, (route) => route.fulfill({ status, body: 'upstream' }));
        await page.goto(path);
        const again = page.getByRole('button', { name: words('retry') }).first();
        await expect(again, path).toBeVisible({ timeout: 15_000 });
        await expect(page.locator('h2').first()).not.toHaveText(/^\d*$/);
        if (path === '/records/customer') await sound(page);
        await page.unroute(trouble);
        // A page may be put together from several answers; each is asked for again by itself.
        // The button may go while the hand is on its way to it.
        await expect(async () => {
          if (await again.isVisible()) await again.click({ timeout: 1_000 });
          expect(await again.count(), path).toBe(0);
        }).toPass({ timeout: 15_000 });
      }
      await page.goto('/records/customer');
      await expect(rows(page, wide).first()).toBeVisible();
    });

  test('one that does not say what waits: Today does not say that nothing does', async ({
    page,
    words,
    demo,
  }) => {
    await signIn(page, words, demoPerson(demo, 'legal'));
    const requests = '**/api/v1/rights_requests?*';
    let answer = () => {};
    const asked = new Promise<void>((done) => {
      answer = done;
    });
    await page.route(requests, async (route) => {
      await asked;
      await route.fulfill({ status: 503, body: 'upstream' });
    });
    await page.goto('/');
    await expect(
      page
        .getByRole('status')
        .filter({ hasText: words('loading') })
        .first(),
    ).toBeVisible();
    await expect(page.getByText(words('today.empty'), { exact: true })).toHaveCount(0);
    answer();
    const again = page.getByRole('button', { name: words('retry') }).first();
    await expect(again).toBeVisible({ timeout: 15_000 });
    await expect(page.getByText(words('today.empty'), { exact: true })).toHaveCount(0);
    // The page asks again by itself as well: the click comes while it is down, and finds it up.
    await again.click({ trial: true });
    await page.unroute(requests);
    await again.dispatchEvent('click');
    await expect(again).toHaveCount(0);
  });

  test('one that fails while saving: the words stay, and the second try counts', async ({
    page,
    words,
    rep,
    demo,
  }) => {
    const title = `存不上的医院${digits()}`;
    const { id } = await collect(await apiAs(demo, rep), { name: title });
    await signIn(page, words, rep);
    await page.goto(`/records/customer/${id}`);
    await page.locator('[data-composer]').getByRole('button').first().click();
    const sheet = page.getByRole('dialog', { name: words('followup.title') });
    const text = sheet.getByLabel(words('followup.text'));
    await text.fill('服务器出了问题');
    const path = '**/objects/follow_up/records';
    await page.route(path, (route) => route.fulfill({ status: 500, body: 'upstream' }));
    const save = sheet.getByRole('button', { name: words('save'), exact: true });
    await save.click();
    // The words wait in the outbox, sealed, and go when the server is well again.
    await expect(sheet).toHaveCount(0);
    await page.goto('/outbox');
    await expect(page.getByRole('main')).toContainText(title);
    await page.unroute(path);
    // The next try may be up to twenty seconds away.
    await expect(page.getByRole('main')).not.toContainText(title, { timeout: 30_000 });
    await page.goto(`/records/customer/${id}`);
    await expect(page.getByRole('tabpanel').getByText('服务器出了问题')).toHaveCount(1);
  });

  test('one that fails while a customer is open: what is there stays, and what is written over it', async ({
    page,
    words,
    rep,
    demo,
  }) => {
    const { id, title } = await collect(await apiAs(demo, rep), { name: `还看着的医院${digits()}` });
    await signIn(page, words, rep);
    await page.goto(`/records/customer/${id}`);
    await page.locator('[data-composer]').getByRole('button').first().click();
    const sheet = page.getByRole('dialog', { name: words('followup.title') });
    await sheet.getByLabel(words('followup.text')).fill('问不到新的样子');
    const path = new RegExp(`/objects/customer/records/${id}(/timeline.*)?$`);
    let status = 500;
    await page.route(path, (route) => route.fulfill({ status, body: 'upstream' }));
    const failed = page.waitForResponse((response) => response.status() === 500 && path.test(response.url()));
    await sheet.getByRole('button', { name: words('save'), exact: true }).click();
    await failed;
    await expect(sheet).toHaveCount(0);
    await expect(page.getByRole('tabpanel').getByRole('listitem').first()).toBeVisible();

    await page.getByRole('button', { name: words('more') }).click();
    await page.getByRole('button', { name: words('plan.new') }).click();
    const plan = page.getByRole('dialog', { name: words('plan.new') });
    await plan.getByLabel(words('plan.text')).fill('写到一半');
    // As after a look at another app: what failed is asked for again.
    const look = async () => {
      const asked = page.waitForResponse((response) => response.url().endsWith(`/records/${id}`));
      await page.evaluate(() => dispatchEvent(new Event('visibilitychange')));
      await asked;
    };
    await look();
    await expect(page.getByRole('heading', { level: 1, name: title })).toBeAttached();
    await expect(plan.getByLabel(words('plan.text'))).toHaveValue('写到一半');
    // What may not be seen any more goes.
    status = 404;
    await look();
    await expect(page.getByRole('main')).not.toContainText(title);
    await expect(plan).toHaveCount(0);
  });

  test('one that comes back while a customer opens: what is sent meanwhile is on its page', async ({
    page,
    words,
    rep,
    demo,
  }) => {
    const { id } = await collect(await apiAs(demo, rep), { name: `正在打开的医院${digits()}` });
    await signIn(page, words, rep);
    await page.goto(`/records/customer/${id}`);
    await page.locator('[data-composer]').getByRole('button').first().click();
    const sheet = page.getByRole('dialog', { name: words('followup.title') });
    await sheet.getByLabel(words('followup.text')).fill('打开时才发出');
    const path = '**/objects/follow_up/records';
    await page.route(path, (route) => route.fulfill({ status: 500, body: 'upstream' }));
    await sheet.getByRole('button', { name: words('save'), exact: true }).click();
    await expect(sheet).toHaveCount(0);
    const sent = page.waitForResponse(
      (response) => response.url().endsWith('/objects/follow_up/records') && response.status() === 201,
      { timeout: 30_000 },
    );
    // The page comes anew: the answer for its timeline is given before the words are sent, and arrives after.
    let held = false;
    await page.route(`**/records/${id}/timeline*`, async (route) => {
      const response = await route.fetch();
      held = true;
      await sent;
      await route.fulfill({ response });
    });
    await page.reload();
    await expect.poll(() => held).toBe(true);
    await page.unroute(path);
    // The next try would be up to twenty seconds away.
    await page.evaluate(() => dispatchEvent(new Event('online')));
    await sent;
    await expect(page.getByRole('tabpanel').getByText('打开时才发出')).toHaveCount(1, { timeout: 30_000 });
  });

  test('one that is stopped and started: the page stays, says it, and goes on', async ({
    page,
    words,
    rep,
  }) => {
    const company = await startDemo('--log', 'warn');
    const { url } = company.demo;
    try {
      await page.goto(`${url}/sign-in`);
      await page.getByLabel(words('signin.login')).fill(rep.login);
      await page.getByLabel(words('signin.password')).fill(rep.password);
      await page.getByRole('button', { name: words('signin.go'), exact: true }).click();
      await page.getByRole('heading', { level: 1, name: words('today.title') }).waitFor();
      await page.goto(`${url}/new/customer`);
      const name = `重启前写的客户${digits()}`;
      await page.locator('#field-name').fill(name);
      await page.getByRole('checkbox', { name: words('notice.agreed') }).check();
      await company.pause();
      const save = page.getByRole('button', { name: words('save'), exact: true });
      await save.click();
      await expect(page.getByRole('alert').first()).toHaveText(words('problem.offline'));
      await expect(page.locator('#field-name')).toHaveValue(name);
      await company.resume();
      await save.click();
      await expect(page.getByRole('heading', { level: 1, name })).toBeVisible();
    } finally {
      await company.stop();
    }
  });
});
