/** A rep's day: one tap, no network, nothing shown, nothing lost. */
import type { Locator, Page } from '@playwright/test';
import {
  type Api,
  apiAs,
  collect,
  digits,
  eachOnce,
  expect,
  fits,
  ours,
  personWithNumber,
  signIn,
  sound,
  test,
} from './demo';

const soon = (ms: number) => new Date(Date.now() + ms).toISOString();

async function planned(api: Api, what: string, dueIn = -26 * 3_600_000) {
  const customer = await collect(api, { name: `销售日诊所${digits()}`, phone: `136${digits()}` });
  const { status, body } = await api('POST', '/objects/plan/records', {
    fields: { customer: { id: customer.id }, what, due_at: soon(dueIn) },
  });
  expect(status, JSON.stringify(body)).toBe(201);
  return { customer, plan: body as { id: string } };
}
const rowOf = (page: Page, what: string) =>
  page.getByRole('main').getByRole('listitem').filter({ hasText: what });
const act = (row: Locator, name: string) => row.getByRole('button', { name: new RegExp(`^${name}[:：]`) });

/** Everything that the browser keeps for this origin, as text. */
async function disk(page: Page): Promise<string> {
  return page.evaluate(async () => {
    const db = await new Promise<IDBDatabase>((resolve, reject) => {
      const request = indexedDB.open('kedun');
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
    const texts: string[] = [JSON.stringify({ ...localStorage, ...sessionStorage })];
    for (const name of [...db.objectStoreNames]) {
      const store = db.transaction(name).objectStore(name);
      const all = <T>(request: IDBRequest<T>) =>
        new Promise<T>((resolve) => {
          request.onsuccess = () => resolve(request.result);
        });
      texts.push(JSON.stringify(await all(store.getAllKeys())));
      for (const value of await all(store.getAll())) {
        if (!(value instanceof Uint8Array)) throw new Error('something that is not sealed bytes');
        texts.push(new TextDecoder('utf-8').decode(value));
      }
    }
    db.close();
    return texts.join('\n');
  });
}

test('a plan is done with one tap, put off with another, and taken back', async ({
  page,
  words,
  demo,
  english,
}) => {
  const rep = personWithNumber(demo, /rep/, english ? 4 : 5);
  const api = await apiAs(demo, rep);
  const what = `回访设备${digits()}`;
  const { plan, customer } = await planned(api, what);
  const fields = async () => (await api('GET', `/objects/plan/records/${plan.id}`)).body.fields;
  const next = async () => (await api('GET', `/objects/customer/records/${customer.id}`)).body.next_follow_up;
  await signIn(page, words, rep);
  await page.goto('/');
  const row = rowOf(page, what);
  await expect(row).toBeVisible();
  const late = page.getByRole('region', { name: words('today.overdue') });
  const count = async () => Number.parseInt(await late.locator('h2 span').innerText(), 10);
  const before = await count();
  expect(await late.getByRole('listitem').count()).toBe(Math.min(before, 50));

  await act(row, words('action.complete')).click();
  await expect(row).toHaveCount(0);
  if (before > 1) await expect.poll(count).toBe(before - 1);
  expect((await fields()).status.value).toBe('done');
  expect(await next()).toBeNull();
  await page.getByRole('button', { name: words('undo') }).click();
  await expect(row).toBeVisible();
  await expect.poll(count).toBe(before);
  expect((await fields()).status.value).toBe('open');

  const was = (await fields()).due_at.value;
  await act(row, words('action.tomorrow')).click();
  await expect(row).toHaveCount(0);
  expect(new Date((await fields()).due_at.value).getTime()).toBeGreaterThan(Date.now());
  await page
    .getByRole('button', { name: words('undo') })
    .last()
    .click();
  await expect(row).toBeVisible();
  expect((await fields()).due_at.value).toBe(was);
});

test('a thumb pushes a plan aside, and a scroll does not', async ({ page, words, demo, wide }, info) => {
  test.skip(wide, 'a desktop has no thumb');
  eachOnce(info.project.name);
  const rep = personWithNumber(demo, /rep/, 6);
  const api = await apiAs(demo, rep);
  const what = `滑动完成${digits()}`;
  const { plan } = await planned(api, what);
  await signIn(page, words, rep);
  await page.goto('/');
  const row = rowOf(page, what);
  await row.scrollIntoViewIfNeeded();
  const touch = await page.context().newCDPSession(page);
  async function swipe(x: number, y: number) {
    const box = await row.boundingBox();
    if (!box) throw new Error('no row');
    const from = { x: box.x + 120, y: box.y + 24 };
    await touch.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: [from] });
    for (let step = 1; step <= 8; step += 1)
      await touch.send('Input.dispatchTouchEvent', {
        type: 'touchMove',
        touchPoints: [{ x: from.x + (x * step) / 8, y: from.y + (y * step) / 8 }],
      });
    await touch.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
  }
  await swipe(40, 0);
  await swipe(10, -60);
  await expect(row).toBeVisible();
  expect(page.url()).toMatch(/\/$/);
  await row.scrollIntoViewIfNeeded();
  await swipe(150, 0);
  await expect(row).toHaveCount(0);
  expect((await api('GET', `/objects/plan/records/${plan.id}`)).body.fields.status.value).toBe('done');
});

test('from ＋ a call is written down in three taps', async ({ page, words, demo, english }) => {
  const rep = personWithNumber(demo, /rep/, english ? 7 : 8);
  const api = await apiAs(demo, rep);
  const { customer } = await planned(api, '今天联系', 3_600_000);
  await signIn(page, words, rep);
  await page.goto(`/records/customer/${customer.id}`);
  await page.getByRole('heading', { level: 1, name: customer.title }).waitFor();
  // Back as a person goes back, so that the page remembers whom it just showed.
  await page.getByRole('button', { name: words('back') }).click();
  await page.getByRole('button', { name: words('nav.plus'), exact: true }).click();
  const plus = page.getByRole('dialog', { name: words('nav.plus') });
  await plus.getByRole('button', { name: customer.title }).click();
  const text = `顺路问候${digits()}`;
  await page.getByLabel(words('followup.text')).fill(text);
  await page.getByRole('button', { name: words('save'), exact: true }).click();
  await expect(page.getByText(words('followup.saved'))).toBeVisible();
  const line = (await api('GET', `/objects/customer/records/${customer.id}/timeline`)).body;
  expect(JSON.stringify(line)).toContain(text);
});

test('what is written without a network is sealed, outlives the tab, and arrives once', async ({
  page,
  words,
  demo,
  context,
  english,
}) => {
  const rep = personWithNumber(demo, /rep/, english ? 9 : 10);
  const api = await apiAs(demo, rep);
  const what = `断网的计划${digits()}`;
  const { customer, plan } = await planned(api, what);
  const text = `地下室没有信号${digits()}`;
  await signIn(page, words, rep);
  // What is needed without a network is fetched as soon as the page has come to rest.
  const ready = page.waitForResponse(/OutboxPage-[^/]*\.js/);
  await page.goto('/');
  await ready;
  const row = rowOf(page, what);
  await act(row, words('action.follow_up')).click();
  const sheet = page.getByRole('dialog', { name: words('plan.complete') });
  await sheet.getByLabel(words('followup.text')).fill(text);
  await context.setOffline(true);
  await sheet.getByRole('button', { name: words('save'), exact: true }).click();
  await expect(page.getByText(words('outbox.kept'))).toBeVisible();
  await expect(row.getByText(words('outbox.waiting'))).toBeVisible();
  await sound(page);
  const kept = await disk(page);
  for (const secret of [text, customer.id, customer.title, plan.id, 'follow_up'])
    expect(kept, secret).not.toContain(secret);
  await row.getByRole('link', { name: words('outbox.waiting') }).click();
  await expect(page.getByText(text)).toBeVisible();
  await sound(page);

  await page.close();
  await context.setOffline(false);
  const again = await context.newPage();
  await again.goto('/');
  await expect(rowOf(again, what)).toHaveCount(0);
  const entries = async () => {
    const { entries } = (await api('GET', `/objects/customer/records/${customer.id}/timeline`)).body;
    return entries.filter((entry: { kind: string }) => entry.kind === 'follow_up').length;
  };
  await expect.poll(entries).toBe(1);
  const fields = (await api('GET', `/objects/plan/records/${plan.id}`)).body.fields;
  expect(fields.status.value).toBe('done');
  await again.goto('/outbox');
  await expect(again.getByText(words('outbox.empty'), { exact: true })).toBeVisible();
  expect(await entries()).toBe(1);
});

test('a plan that is made without a network waits in sight and is made once', async ({
  page,
  words,
  demo,
  rep,
  context,
}, info) => {
  eachOnce(info.project.name);
  const api = await apiAs(demo, rep);
  const customer = await collect(api, { name: `没有信号的诊所${digits()}`, phone: `136${digits()}` });
  const text = `送样品${digits()}`;
  await signIn(page, words, rep);
  await page.goto(`/records/customer/${customer.id}`);
  await page.getByRole('button', { name: words('more'), exact: true }).click();
  await page.getByRole('button', { name: words('plan.new'), exact: true }).click();
  const sheet = page.getByRole('dialog', { name: words('plan.new') });
  await sheet.getByRole('radio', { name: words('plan.quick.tomorrow') }).check();
  await sheet.getByLabel(words('plan.text')).fill(text);
  await context.setOffline(true);
  await sheet.getByRole('button', { name: words('save'), exact: true }).click();
  await expect(page.getByText(words('outbox.kept'))).toBeVisible();
  const waiting = page.getByRole('listitem').filter({ hasText: text });
  await expect(waiting.getByRole('link', { name: words('outbox.waiting') })).toBeVisible();
  await context.setOffline(false);
  await expect(waiting.getByRole('link', { name: words('outbox.waiting') })).toHaveCount(0);
  const { entries } = (await api('GET', `/objects/customer/records/${customer.id}/timeline`)).body;
  expect(entries.filter((entry: { kind: string }) => entry.kind === 'plan')).toHaveLength(1);
});

test('an answer that is lost on the way makes no second record', async ({ page, words, demo, rep }, info) => {
  eachOnce(info.project.name);
  const api = await apiAs(demo, rep);
  const { customer } = await planned(api, '丢失的回答');
  await signIn(page, words, rep);
  await page.goto(`/records/customer/${customer.id}`);
  let lost = 0;
  await page.route('**/api/v1/objects/follow_up/records', async (route) => {
    if (lost > 0) return route.continue();
    lost += 1;
    // It arrives, and its answer does not.
    await route.fetch();
    await route.abort('connectionreset');
  });
  const composer = page.locator('[data-composer]');
  await composer.getByRole('button').first().click();
  await page
    .getByRole('dialog')
    .getByRole('button', { name: words('preset.call.interested') })
    .click();
  await page.getByRole('button', { name: words('save'), exact: true }).click();
  await expect(page.getByText(words('outbox.sent', { n: 1 }))).toBeVisible();
  const { entries } = (await api('GET', `/objects/customer/records/${customer.id}/timeline`)).body;
  expect(entries.filter((entry: { kind: string }) => entry.kind === 'follow_up')).toHaveLength(1);
});

test('what the server will not have says why and waits for its writer', async ({
  page,
  words,
  demo,
  rep,
  context,
}, info) => {
  eachOnce(info.project.name);
  const api = await apiAs(demo, rep);
  const { customer } = await planned(api, '将被删除');
  await signIn(page, words, rep);
  await page.goto(`/records/customer/${customer.id}`);
  await page.locator('[data-composer]').getByRole('button').first().click();
  await context.setOffline(true);
  await page
    .getByRole('dialog')
    .getByRole('button', { name: words('preset.call.no_answer') })
    .click();
  await page.getByRole('button', { name: words('save'), exact: true }).click();
  await expect(page.getByText(words('outbox.waiting')).first()).toBeVisible();
  await api('DELETE', `/objects/customer/records/${customer.id}`);
  await context.setOffline(false);
  await page.getByRole('link', { name: words('outbox.refused') }).click();
  await expect(page.getByRole('alert')).toBeVisible();
  await sound(page);
  await page.getByRole('button', { name: words('outbox.discard') }).click();
  await expect(page.getByText(words('outbox.empty'), { exact: true })).toBeVisible();
  await page.getByRole('button', { name: words('undo') }).click();
  await expect(page.getByRole('link', { name: customer.title })).toBeVisible();
  // Signing out says what would be lost.
  await page.goto('/me');
  await page.getByRole('button', { name: words('signout') }).click();
  const question = page.getByRole('dialog', { name: words('signout.waiting') });
  await expect(question).toBeVisible();
  await page.keyboard.press('Escape');
  // The palette's way out asks as well.
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox').fill(words('signout'));
  await page.getByRole('option', { name: words('signout'), exact: true }).click();
  await question.getByRole('button', { name: words('outbox.see') }).click();
  await expect(question).toHaveCount(0);
  await expect(page.getByRole('link', { name: customer.title })).toBeVisible();
});

test('a plan whose change was refused says so on its row, and can be changed again', async ({
  page,
  words,
  demo,
  context,
}, info) => {
  eachOnce(info.project.name);
  const rep = personWithNumber(demo, /rep/, 11);
  const api = await apiAs(demo, rep);
  const what = `被拒绝的计划${digits()}`;
  const { plan } = await planned(api, what);
  await signIn(page, words, rep);
  await page.goto('/');
  const row = rowOf(page, what);
  const complete = act(row, words('action.complete'));
  await complete.waitFor();
  await context.setOffline(true);
  await complete.click();
  await expect(row.getByText(words('outbox.waiting'))).toBeVisible();
  await expect(complete).toHaveCount(0);
  const path = `**/objects/plan/records/${plan.id}`;
  await page.route(path, (route) => route.fulfill({ status: 422, json: { title: '不行' } }));
  await context.setOffline(false);
  await expect(row.getByRole('link', { name: words('outbox.refused') })).toBeVisible();
  await page.unroute(path);
  await complete.click();
  await expect(row).toHaveCount(0);
  expect((await api('GET', `/objects/plan/records/${plan.id}`)).body.fields.status.value).toBe('done');
});

test('a number is copied for a purpose and never seen', async ({ page, words, demo, rep, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: demo.url });
  const api = await apiAs(demo, rep);
  const number = `137${digits()}`;
  const { id } = await collect(api, { name: `复制号码诊所${digits()}`, phone: number });
  await signIn(page, words, rep);
  await page.goto(`/records/customer/${id}`);
  await page.getByRole('tab', { name: words('tab.data') }).click();
  const panel = page.getByRole('tabpanel');
  await panel
    .getByRole('button', { name: new RegExp(`^${words('action.copy')}[:：]`) })
    .first()
    .click();
  await sound(page);
  const asked = page.waitForRequest((request) => request.url().endsWith('/reveals'));
  await page
    .getByRole('dialog')
    .getByRole('button', { name: words('purpose.message'), exact: true })
    .click();
  expect((await asked).postDataJSON()).toEqual({ field: 'phone', purpose: 'message' });
  await expect(page.getByText(words('copy.done', { field: '' }).slice(-6))).toBeVisible();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(number);
  const spaced = number.replace(/^(\d{3})(\d{4})(\d{4})$/, '$1 $2 $3');
  for (const text of [number, spaced]) await expect(page.locator('body')).not.toContainText(text);
  await page.goto('/me');
  const card = page.getByRole('region', { name: words('standing.title') });
  await expect(card.getByRole('meter').first()).toBeVisible();
  const { quota } = (await api('GET', '/me/standing')).body;
  await expect(card.getByText(words('standing.used', { n: quota.used, of: quota.limit }))).toBeVisible();
  await card.getByRole('button', { name: words('standing.unfold') }).click();
  await expect(card.getByRole('row')).toHaveCount(8);
  await sound(page);
});

test('a stage asks for its fields before it lands, and is taken back whole', async ({
  page,
  words,
  demo,
  rep,
  english,
}) => {
  const api = await apiAs(demo, rep);
  const { id } = await collect(api, { name: `阶段变更诊所${digits()}` });
  const path = `/objects/customer/records/${id}`;
  const now = async () => (await api('GET', path)).body;
  const stage = (await now()).stage;
  await signIn(page, words, rep);
  await page.goto(`/records/customer/${id}`);
  await page.getByRole('button', { name: new RegExp(words('stage.change')) }).click();
  const sheet = page.getByRole('dialog');
  await sheet.getByRole('radio', { name: english ? /^Lost/ : /^流失/ }).check();
  await sound(page);
  await fits(page);
  await sheet.getByRole('button', { name: /[“"]/ }).click();
  await expect(sheet.getByText(words('form.required'))).toBeVisible();
  expect((await now()).stage).toBe(stage);
  // The server asks as well: a page that did not would get nowhere.
  const refused = await page.request.patch(`/api/v1${path}`, {
    data: { fields: { stage: 'lost' } },
    headers: ours,
  });
  expect(refused.status()).toBe(422);
  expect((await refused.json()).errors[0]).toMatchObject({ field: 'lost_reason', code: 'required_by_stage' });

  await sheet.getByRole('combobox').selectOption('price');
  await sheet.getByRole('button', { name: /[“"]/ }).click();
  await expect(sheet).toHaveCount(0);
  expect((await now()).stage).toBe('lost');
  await page.getByRole('button', { name: words('undo') }).click();
  await expect(page.getByText(words('undone'))).toBeVisible();
  const back = await now();
  expect(back.stage).toBe(stage);
  expect(back.fields.lost_reason?.value ?? null).toBeNull();

  await page.getByRole('tab', { name: words('tab.flow') }).click();
  const flow = page.getByRole('region', { name: words('flow.changes') });
  await expect(flow.getByRole('listitem')).toHaveCount(2);
  await sound(page);
});

test('somebody who is here already is found while the number is typed', async ({
  page,
  words,
  demo,
  rep,
}, info) => {
  eachOnce(info.project.name);
  const number = `135${digits()}`;
  const { title } = await collect(await apiAs(demo, rep), { name: `打字查重诊所${digits()}`, phone: number });
  await signIn(page, words, rep);
  await page.goto('/new/customer');
  const phone = page.locator('#field-phone');
  let asked = 0;
  page.on('request', (request) => {
    if (request.url().endsWith('/duplicates')) asked += 1;
  });
  await phone.pressSequentially(number.slice(0, 6), { delay: 20 });
  await page.waitForTimeout(900);
  expect(asked, 'half a number asks nobody').toBe(0);
  await phone.pressSequentially(number.slice(6), { delay: 20 });
  await expect(phone).toBeFocused();
  await expect(page.getByRole('status').getByRole('link', { name: title })).toBeVisible();
  expect(asked, 'one question for one number').toBe(1);
  await phone.press('Backspace');
  await expect(page.getByRole('status').getByRole('link', { name: title })).toHaveCount(0);
});

test('a tap that is taken back is taken back where its answer was lost', async ({
  page,
  words,
  demo,
}, info) => {
  eachOnce(info.project.name);
  const rep = personWithNumber(demo, /rep/, 9);
  const api = await apiAs(demo, rep);
  const what = `撤销的计划${digits()}`;
  const { plan } = await planned(api, what);
  const status = async () => (await api('GET', `/objects/plan/records/${plan.id}`)).body.fields.status.value;
  await signIn(page, words, rep);
  await page.goto('/');
  const row = rowOf(page, what);
  let lost = 0;
  await page.route(`**/objects/plan/records/${plan.id}`, async (route) => {
    if (lost > 0 || route.request().method() !== 'PATCH') return route.continue();
    lost += 1;
    // It arrives, and its answer does not.
    await route.fetch();
    await route.abort('connectionreset');
  });
  await act(row, words('action.complete')).click();
  await page.getByRole('button', { name: words('undo') }).click();
  await expect(page.getByText(words('undone'))).toBeVisible();
  await expect.poll(status).toBe('open');
  await page.goto('/outbox');
  await expect(page.getByText(words('outbox.empty'), { exact: true })).toBeVisible();
  expect(await status()).toBe('open');
});

test('what was written without a network waits behind a password that has to be chosen first', async ({
  page,
  words,
  demo,
  context,
}, info) => {
  eachOnce(info.project.name);
  const rep = personWithNumber(demo, /rep/, 7);
  const { customer } = await planned(await apiAs(demo, rep), '密码之后');
  await signIn(page, words, rep);
  await page.goto(`/records/customer/${customer.id}`);
  await page.locator('[data-composer]').getByRole('button').first().click();
  await context.setOffline(true);
  await page
    .getByRole('dialog')
    .getByRole('button', { name: words('preset.call.no_answer') })
    .click();
  await page.getByRole('button', { name: words('save'), exact: true }).click();
  await expect(page.getByText(words('outbox.waiting')).first()).toBeVisible();
  await page.close();
  await context.setOffline(false);
  const sent: string[] = [];
  const back = await context.newPage();
  back.on('request', (request) => {
    if (request.method() === 'POST' && request.url().endsWith('/follow_up/records')) sent.push(request.url());
  });
  // As after a reset: they are here, with a one-time password.
  await back.route('**/api/v1/me', async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, json: { ...(await response.json()), must_choose_password: true } });
  });
  await back.goto('/');
  await back.waitForURL(/welcome/);
  await back.waitForTimeout(1_500);
  expect(sent).toEqual([]);
  await back.unroute('**/api/v1/me');
  await back.goto('/');
  await expect(back.getByText(words('outbox.sent', { n: 1 }))).toBeVisible();
});

test('\uff0b offers nobody whom one may not follow up', async ({ page, words, demo }, info) => {
  eachOnce(info.project.name);
  const rep = personWithNumber(demo, /rep/, 8);
  const api = await apiAs(demo, rep);
  const pool = await api('POST', '/objects/customer/query', { view: 'pool', limit: 1 });
  const [pooled] = pool.body.records;
  const mine = await collect(api, { name: `${pooled.title}二店` });
  await signIn(page, words, rep);
  await page.goto('/follow-up');
  await page.getByRole('searchbox').fill(pooled.title);
  const offered = page.getByRole('main').getByRole('listitem').getByRole('button');
  await expect(offered.filter({ hasText: mine.title })).toBeVisible();
  await expect(offered.getByText(pooled.title, { exact: true })).toHaveCount(0);
});

test('a stage that somebody else moved meanwhile is what undo goes back to', async ({
  page,
  words,
  demo,
  rep,
}, info) => {
  eachOnce(info.project.name);
  const api = await apiAs(demo, rep);
  const { fields } = (await api('GET', '/objects/customer')).body;
  const steps = fields.find((field: { name: string }) => field.name === 'stage').options;
  const [, theirs, mine] = steps.filter(
    (step: { outcome?: string; requires?: string[]; locked?: boolean }) =>
      !step.outcome && !step.requires?.length && !step.locked,
  );
  const { id } = await collect(api, { name: `同时推进诊所${digits()}` });
  const path = `/objects/customer/records/${id}`;
  const stage = async () => (await api('GET', path)).body.stage;
  await signIn(page, words, rep);
  await page.goto(`/records/customer/${id}`);
  await page.getByRole('button', { name: new RegExp(words('stage.change')) }).click();
  const sheet = page.getByRole('dialog');
  const radio = (step: { label: { zh: string; en: string } }) =>
    sheet.getByRole('radio', { name: new RegExp(`^(${step.label.zh}|${step.label.en})`) });
  await radio(mine).check();
  const moved = await page.request.patch(`/api/v1${path}`, {
    data: { fields: { stage: theirs.value } },
    headers: ours,
  });
  expect(moved.status()).toBe(200);
  const save = sheet.getByRole('button', { name: /[“"]/ });
  await save.click();
  await expect(sheet.getByRole('alert')).toBeVisible();
  await save.click();
  await expect(sheet).toHaveCount(0);
  expect(await stage()).toBe(mine.value);
  await page.getByRole('button', { name: words('undo') }).click();
  await expect(page.getByText(words('undone'))).toBeVisible();
  expect(await stage()).toBe(theirs.value);
});
