/** What holds on every page: the palette, one's own lists, the way back, the first tour, paper. */
import type { Page } from '@playwright/test';
import { apiAs, collect, digits, eachOnce, expect, ours, people, rows, signIn, sound, test } from './demo';

const palette = (page: Page) => page.getByRole('combobox').last();

/** Another test may have left columns of its own with the same person. */
async function plainColumns(page: Page, view: string): Promise<void> {
  await page.request.delete(`/api/v1/me/preferences/columns.customer.${view}`, { headers: ours });
}

test('the palette finds a record, a page and an action', async ({ page, words, rep, demo, wide }) => {
  const { id, title } = await collect(await apiAs(demo, rep), { name: `四处可找的诊所${digits()}` });
  await signIn(page, words, rep);
  await page.goto('/me');
  await page.getByRole('heading', { level: 1, name: words('me.title') }).waitFor();
  const open = async () => {
    if (wide) await page.keyboard.press('Control+k');
    else await page.getByRole('button', { name: words('palette.open') }).click();
    await expect(palette(page)).toBeFocused();
  };
  await open();
  await palette(page).fill(title);
  const option = page.getByRole('option').filter({ hasText: title });
  await expect(option).toBeVisible();
  await sound(page);
  await palette(page).press('Enter');
  await expect(page).toHaveURL(new RegExp(id));
  // What was typed stands in no address, and a reload forgets it.
  expect(page.url()).not.toContain(encodeURIComponent(title));

  await page.goto('/me');
  await page.getByRole('heading', { level: 1, name: words('me.title') }).waitFor();
  await open();
  await expect(page.getByRole('option').filter({ hasText: title })).toHaveCount(0);
  await palette(page).fill(words('devices.title'));
  await expect(page.getByRole('option').first()).toHaveAttribute('aria-selected', 'true');
  await palette(page).press('Enter');
  await expect(page).toHaveURL(/me\/devices/);

  await page.goto('/me');
  await page.getByRole('heading', { level: 1, name: words('me.title') }).waitFor();
  await open();
  await palette(page).fill('没有这样的记录');
  await expect(page.getByText(words('palette.none'))).toBeVisible();
  await palette(page).press('Escape');
  await expect(palette(page)).toHaveCount(0);
});

test('the palette remembers where one was', async ({ page, words, rep, wide }) => {
  test.skip(!wide, 'the same line on a phone');
  await signIn(page, words, rep);
  await page.goto('/');
  await page.getByRole('heading', { level: 1, name: words('today.title') }).waitFor();
  await page.keyboard.press('Control+k');
  await palette(page).fill(words('security.title'));
  await palette(page).press('Enter');
  await expect(page).toHaveURL(/me\/security/);
  await page.keyboard.press('Control+k');
  const recent = page.getByRole('group', { name: words('palette.recent') });
  await expect(recent.getByRole('option', { name: words('security.title') })).toBeVisible();
});

test('a sheet closes when it is asked to, not by accident, and gives the focus back', async ({
  page,
  words,
  rep,
  demo,
}, info) => {
  eachOnce(info.project.name);
  const { id } = await collect(await apiAs(demo, rep), { name: `拖出去的诊所${digits()}` });
  await signIn(page, words, rep);
  await page.goto(`/records/customer/${id}`);
  const opener = page.locator('[data-composer]').getByRole('button').first();
  await opener.click();
  const composer = page.getByRole('dialog', { name: words('followup.title') });
  const text = composer.getByLabel(words('followup.text'));
  await text.fill('选到外面去');
  // A selection that ends beside the sheet is no tap beside it.
  const box = await text.boundingBox();
  if (!box) throw new Error('no text');
  await page.mouse.move(box.x + 60, box.y + 20);
  await page.mouse.down();
  await page.mouse.move(4, 4, { steps: 4 });
  await page.mouse.up();
  await expect(text).toHaveValue('选到外面去');
  await page.mouse.click(4, 4);
  await expect(composer).toHaveCount(0);
  await expect(opener).toBeFocused();

  // One over another: what is closed is the upper one.
  await page.getByRole('button', { name: words('more') }).click();
  await page.getByRole('button', { name: words('action.share'), exact: true }).click();
  const sheet = page.getByRole('dialog').first();
  const person = sheet.getByLabel(words('share.with'));
  const people = /\/api\/v1\/people\?q=/;
  await page.route(people, (route) => route.fulfill({ status: 500, body: 'upstream' }));
  await person.click();
  const picker = page.getByRole('dialog').last();
  await expect(picker.getByRole('searchbox')).toBeFocused();
  // Who cannot be had is not looked for without end.
  const again = picker.getByRole('button', { name: words('retry') });
  await expect(again).toBeVisible();
  await sound(page);
  await page.unroute(people);
  await again.click();
  await expect(picker.getByRole('listitem').first()).toBeVisible();
  await expect(again).toHaveCount(0);
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toHaveCount(1);
  await expect(person).toBeFocused();
});

test('columns are dragged, moved by key, kept with the person, and put back', async ({
  page,
  words,
  rep,
  wide,
}, info) => {
  test.skip(!wide, 'a phone has cards');
  eachOnce(info.project.name);
  await signIn(page, words, rep);
  await plainColumns(page, 'mine');
  await page.goto('/records/customer?view=mine');
  await rows(page, wide).first().waitFor();
  const heads = page.locator('thead th');
  const names = () => heads.allInnerTexts();
  const before = await names();
  const last = before.length - 1;

  const from = await heads.nth(3).boundingBox();
  const to = await heads.nth(1).boundingBox();
  if (!from || !to) throw new Error('no headers');
  await page.mouse.move(from.x + 20, from.y + 10);
  await page.mouse.down();
  await page.mouse.move(from.x - 30, from.y + 10, { steps: 4 });
  await page.mouse.move(to.x + 10, to.y + 10, { steps: 6 });
  await page.mouse.up();
  await expect.poll(async () => (await names())[1]).toBe(before[3]);
  // A drag is not a click: nothing was sorted.
  expect(page.url()).not.toContain('sort=');
  await page
    .getByRole('status')
    .getByRole('button', { name: words('undo') })
    .click();
  await expect.poll(names).toEqual(before);

  // In the sheet by key and by button, and the first of them stay.
  await page.getByRole('button', { name: words('columns.title') }).click();
  const sheet = page.getByRole('dialog', { name: words('columns.title') });
  await sheet
    .getByRole('button', { name: words('columns.handle', { name: before[1] ?? '' }) })
    .press('ArrowDown');
  await expect.poll(async () => (await names())[2]).toBe(before[1]);
  await sheet.getByRole('button', { name: words('columns.freeze', { name: before[2] ?? '' }) }).click();
  await sound(page);
  await page.keyboard.press('Escape');

  // Another device of the same person has them as well.
  await page.evaluate(() => localStorage.clear());
  await page.reload();
  await rows(page, wide).first().waitFor();
  await expect.poll(async () => (await names()).slice(0, 3)).toEqual([before[0], before[2], before[1]]);
  await page.setViewportSize({ width: 1100, height: 800 });
  const stays = heads.nth(1);
  const place = (await stays.boundingBox())?.x;
  await page.locator('[data-scroll-restoration-id]').evaluate((box) => {
    box.scrollLeft = 300;
  });
  expect((await stays.boundingBox())?.x).toBe(place);
  expect((await heads.nth(last).boundingBox())?.x).toBeLessThan(2_000);

  await page.getByRole('button', { name: words('columns.title') }).click();
  await sheet.getByRole('button', { name: words('columns.reset') }).click();
  await page.keyboard.press('Escape');
  await expect.poll(names).toEqual(before);
});

test('a view is saved, found again, and holds nothing of a customer', async ({
  page,
  words,
  rep,
  wide,
}, info) => {
  eachOnce(info.project.name);
  await signIn(page, words, rep);
  const filter = { match: 'all', conditions: [{ field: 'level', op: 'in', value: ['A'] }] };
  await page.goto(`/records/customer?view=mine&f=${encodeURIComponent(JSON.stringify(filter))}`);
  await rows(page, wide).first().waitFor();
  const count = await page.locator('h1 + span').innerText();
  await page.getByRole('button', { name: words('view.menu'), exact: true }).click();
  await page.getByRole('button', { name: words('view.save') }).click();
  const name = `重点 ${digits()}`;
  await page.getByLabel(words('view.name')).fill(name);
  await sound(page);
  await page.getByLabel(words('view.name')).press('Enter');
  const tab = page.getByRole('tab', { name });
  await expect(tab).toHaveAttribute('aria-selected', 'true');

  await page.goto('/records/customer');
  await tab.click();
  await expect(page.locator('h1 + span')).toHaveText(count);
  // The server refuses what the page would never send.
  const refused = await page.request.put('/api/v1/me/preferences/view.customer.x', {
    data: { value: { label: 'x', filter: { all: [{ field: 'phone', op: 'eq', value: '13800138000' }] } } },
    headers: ours,
  });
  expect(refused.status()).toBe(422);

  await page.getByRole('button', { name: words('view.menu'), exact: true }).click();
  await page.getByRole('button', { name: words('view.drop') }).click();
  await expect(tab).toHaveCount(0);
  await page
    .getByRole('status')
    .getByRole('button', { name: words('undo') })
    .click();
  await expect(tab).toBeVisible();
});

test('what was deleted and what was released come back', async ({ page, words, rep, demo }, info) => {
  eachOnce(info.project.name);
  const api = await apiAs(demo, rep);
  await signIn(page, words, rep);
  for (const act of ['delete', 'release'] as const) {
    const { id, title } = await collect(api, { name: `失而复得的医院${digits()}` });
    await page.goto(`/records/customer/${id}`);
    await page.getByRole('button', { name: words('more') }).click();
    await page.getByRole('button', { name: words(`action.${act}`), exact: true }).click();
    const sheet = page.getByRole('dialog');
    if (act === 'release') await sheet.getByRole('textbox').fill('暂无需求');
    await sheet.getByRole('button', { name: words(`action.${act}`), exact: true }).click();
    const word = page.getByRole('status').filter({ hasText: words(`${act}.done`, { title }) });
    await word
      .getByRole('button', { name: words('undo') })
      .first()
      .click();
    await expect(page.getByText(words('undo.done', { title }))).toBeVisible();
    const again = await api('GET', `/objects/customer/records/${id}`);
    expect(again.status).toBe(200);
    expect(again.body.owner.name).toBe(rep.name);
  }
});

test('back finds the list as it was left', async ({ page, words, rep, wide }) => {
  await signIn(page, words, rep);
  await page.goto('/records/customer?view=mine');
  await rows(page, wide).first().waitFor();
  const box = page.locator('[data-scroll-restoration-id]');
  const at = () => (wide ? box.evaluate((element) => element.scrollTop) : page.evaluate(() => scrollY));
  const down = (by: number) =>
    wide
      ? box.evaluate((element, y) => element.scrollBy(0, y), by)
      : page.evaluate((y) => scrollBy(0, y), by);
  for (let step = 0; step < 6; step += 1) {
    await down(1_500);
    await page.waitForTimeout(250);
  }
  const left = await at();
  expect(left).toBeGreaterThan(3_000);
  if (wide) {
    // Beside the list: Back closes the panel, and the list has not moved.
    await rows(page, wide).nth(14).click();
    await expect(page).toHaveURL(/open=/);
    await page.keyboard.press('j');
    await page.goBack();
    await expect(page).not.toHaveURL(/open=/);
    expect(Math.abs((await at()) - left)).toBeLessThan(200);
    await page.goto(page.url().replace(/\?.*/, '?view=all'));
    return;
  }
  const row = rows(page, wide).nth(7);
  await row.getByRole('link').first().click();
  await page.getByRole('heading', { level: 1 }).waitFor();
  await page.goBack();
  await rows(page, wide).first().waitFor();
  await expect.poll(async () => Math.abs((await at()) - left)).toBeLessThan(200);
});

test('ten thousand rows are never on the page at once', async ({ page, words, rep, wide }, info) => {
  eachOnce(info.project.name);
  await signIn(page, words, rep);
  await page.goto('/records/customer?view=all');
  await rows(page, wide).first().waitFor();
  for (let step = 0; step < 10; step += 1) {
    await page.mouse.move(200, 500);
    if (wide) await page.mouse.wheel(0, 3_000);
    else await page.evaluate(() => scrollBy(0, 4_000));
    await page.waitForTimeout(200);
  }
  expect(await rows(page, wide).count()).toBeLessThan(90);
});

test('the tour is shown once, by keyboard, and never again', async ({ page, words, rep, wide }, info) => {
  eachOnce(info.project.name);
  await signIn(page, words, rep);
  await page.request.delete('/api/v1/me/preferences/tour.welcome', { headers: ours });
  await page.goto('/');
  const card = page.getByRole('dialog', { name: words('tour.welcome') });
  await expect(card).toBeFocused();
  await sound(page);
  let steps = 1;
  while (!(await page.getByRole('button', { name: words('tour.begin') }).isVisible())) {
    await page.keyboard.press('ArrowRight');
    steps += 1;
    expect(steps).toBeLessThanOrEqual(5);
  }
  await sound(page);
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await page.evaluate(() => localStorage.clear());
  await page.reload();
  await page.getByRole('heading', { level: 1, name: words('today.title') }).waitFor();
  // Longer than the first screen needs to come to rest; only then it would come.
  await page.waitForTimeout(2_500);
  await expect(page.getByRole('dialog')).toHaveCount(0);
  // Whoever wants it again asks the explanation of the screen.
  if (wide) await page.keyboard.press('?');
  else await page.getByRole('button', { name: words('help.open') }).click();
  await expect(page.getByRole('dialog').getByRole('listitem')).toHaveCount(3);
  await page.getByRole('button', { name: words('tour.again') }).click();
  await expect(card).toBeVisible();
});

test('what was read stays read', async ({ page, words, rep, manager }, info) => {
  eachOnce(info.project.name);
  await signIn(page, words, rep);
  const ordered = await page.request.post('/api/v1/exports', {
    data: { object: 'customer', fields: ['name', 'phone'], purpose: 'contract', format: 'csv', clear: true },
    headers: ours,
  });
  expect(ordered.status()).toBe(202);
  await page.context().clearCookies();
  await signIn(page, words, manager);
  await page.goto('/');
  await page.getByRole('button', { name: words('notifications.open') }).click();
  const sheet = page.getByRole('dialog', { name: words('notifications.title') });
  await expect(sheet.getByText(words('notifications.unread')).first()).toBeAttached();
  await sheet.getByRole('button', { name: words('notifications.all_read') }).click();
  await expect(sheet.getByText(words('notifications.unread'))).toHaveCount(0);
  await page.reload();
  await page.getByRole('button', { name: words('notifications.open') }).click();
  await expect(sheet.getByRole('listitem').first()).toBeVisible();
  await expect(sheet.getByText(words('notifications.unread'))).toHaveCount(0);
});

test('a print is among who looked, or it is not printed', async ({
  page,
  words,
  rep,
  manager,
  demo,
}, info) => {
  eachOnce(info.project.name);
  const { id } = await collect(await apiAs(demo, rep), { name: `上纸的医院${digits()}` });
  await signIn(page, words, rep);
  await page.goto(`/records/customer/${id}`);
  await page.getByRole('tab').first().waitFor();
  await page.pdf();
  await expect(page.locator('html')).toHaveAttribute('data-print', 'yes');
  const boss = await apiAs(demo, manager);
  const { body } = await boss('GET', `/objects/customer/records/${id}/audience`);
  const prints = body.looks.filter((look: { action: string }) => look.action === 'print');
  expect(prints).toHaveLength(1);
  expect(prints[0].by.name).toBe(rep.name);

  await page.route('**/prints', (route) => route.abort());
  await page.pdf();
  await expect(page.locator('html')).toHaveAttribute('data-print', 'no');
  await page.emulateMedia({ media: 'print' });
  await expect(page.locator('#app')).toBeHidden();
});

test('what names customers is printed with a row, on every page that does', async ({
  page,
  words,
  rep,
  manager,
  demo,
}, info) => {
  eachOnce(info.project.name);
  const [lawyer] = people(demo, /legal|法务/i);
  if (!lawyer) throw new Error('no lawyer');
  // A lawyer knows what is due by its number only; whoever may read it as well prints a name.
  await page.route(/\/api\/v1\/retention\/due/, async (route) => {
    const response = await route.fetch();
    const body = await response.json();
    const records = body.records.map((record: object) => ({ ...record, title: '到期的诊所' }));
    await route.fulfill({ response, json: { ...body, records } });
  });
  for (const [person, path, ready, object] of [
    [rep, '/follow-up', page.getByRole('main').getByRole('listitem'), /customer\/prints$/],
    [manager, '/board', page.getByRole('heading', { name: words('quiet.longest') }), /customer\/prints$/],
    [
      manager,
      '/spot-checks',
      page.getByRole('main').getByRole('listitem').getByRole('link'),
      /follow_up\/prints$/,
    ],
    [
      lawyer,
      '/retention',
      page.getByRole('region', { name: words('retention.due') }).getByRole('listitem'),
      /prints$/,
    ],
  ] as const) {
    await page.context().clearCookies();
    await signIn(page, words, person);
    await page.goto(path);
    await ready.first().waitFor();
    if (path === '/spot-checks') {
      await ready.first().click();
      await page.getByRole('navigation', { name: words('spot.items') }).waitFor();
    }
    const row = page.waitForRequest((request) => object.test(request.url()));
    await page.pdf();
    expect((await row).postDataJSON().records.length, path).toBeGreaterThan(0);
    if (person !== lawyer) await expect(page.locator('html'), path).toHaveAttribute('data-print', 'yes');
  }
});
