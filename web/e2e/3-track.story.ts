/** Step 3: find, log in three taps, plan, edit against somebody faster. */
import {
  apiAs,
  collect,
  demoPerson,
  digits,
  eachOnce,
  expect,
  openFirst,
  ours,
  rows,
  signIn,
  sound,
  test,
} from './demo';

test('the list remembers its view and filters', async ({ page, words, rep, wide }, info) => {
  eachOnce(info.project.name);
  await signIn(page, words, rep);
  await page.goto('/records/customer');
  await rows(page, wide).first().waitFor();
  await page
    .getByRole('tab')
    .filter({ hasNotText: words('bin.title') })
    .last()
    .click();
  await rows(page, wide).first().waitFor();
  await page.getByRole('button', { name: words('filter.add'), exact: true }).click();
  const sheet = page.getByRole('dialog', { name: words('filter.condition') });
  await sheet.getByLabel(words('filter.field')).selectOption('level');
  await sheet.getByRole('checkbox').first().check();
  await sheet.getByRole('button', { name: words('filter.apply') }).click();
  await expect(page).toHaveURL(/level/);
  await rows(page, wide).first().waitFor();
  const address = page.url();
  if (wide) await page.goto('/me');
  else await rows(page, wide).first().getByRole('link').first().click();
  await page.waitForURL((url) => url.href !== address);
  await page.goBack();
  await expect(page).toHaveURL(address);
  await expect(rows(page, wide).first()).toBeVisible();
});

test('Today shows what is due, and one tap finishes it', async ({ page, words, rep }) => {
  await signIn(page, words, rep);
  await page.goto('/');
  const overdue = page.getByRole('region', { name: words('today.overdue') });
  await expect(overdue.getByRole('listitem').first()).toBeVisible();
  await expect(page.getByRole('region', { name: words('today.due') })).toBeVisible();
  const before = await overdue.getByRole('listitem').count();
  const done = overdue.getByRole('button', { name: new RegExp(words('action.complete')) });
  await done.first().click();
  await expect(overdue.getByRole('listitem')).toHaveCount(before - 1);
});

test('who serves sees their own tickets, what was promised first before the rest, and nothing that ends in a refusal', async ({
  page,
  words,
  demo,
  english,
}) => {
  await signIn(page, words, demoPerson(demo, 'service'));
  await page.goto('/');
  const mine = page.getByRole('region', {
    name: words('today.owned', { object: english ? 'tickets' : '工单' }),
  });
  await expect(mine.getByRole('link').first()).toBeVisible();
  await expect(page.getByText(words('today.empty'), { exact: true })).toHaveCount(0);
  await page.goto('/records/ticket');
  await expect(page.getByRole('searchbox')).toHaveAttribute('placeholder', words('list.search.name'));
  await expect(page.getByRole('button', { name: words('action.follow_up') })).toHaveCount(0);
});

test('a manager sees the day of the team', async ({ page, words, manager }) => {
  await signIn(page, words, manager);
  await page.goto('/');
  const team = page.getByRole('region', { name: words('today.team.falling') });
  await expect(team.getByRole('listitem').first()).toBeVisible();
});

test('every saved tab opens, and a list turns its page', async ({ page, words, rep, wide }, info) => {
  eachOnce(info.project.name);
  await signIn(page, words, rep);
  await page.goto('/records/customer');
  const tabs = page.getByRole('tab');
  await rows(page, wide).first().waitFor();
  for (let index = 0; index < (await tabs.count()); index += 1) {
    await tabs.nth(index).click();
    await expect(tabs.nth(index)).toHaveAttribute('aria-selected', 'true');
    await expect(page.getByRole('tabpanel').locator('li, tbody tr, h2').first()).toBeVisible();
    await expect(page.getByRole('alert')).toHaveCount(0);
  }
  await tabs.first().click();
  await rows(page, wide).first().waitFor();
  // Only the rows near the window are on the page; the table and the cards say how many there are.
  await expect
    .poll(async () => {
      await page.evaluate(() => {
        const box = document.querySelector('table')?.closest('[data-scroll-restoration-id]');
        if (box) box.scrollTop = box.scrollHeight;
        else scrollTo(0, document.documentElement.scrollHeight);
      });
      const said = await (wide ? page.getByRole('table') : rows(page, wide).first()).getAttribute(
        wide ? 'aria-rowcount' : 'aria-setsize',
      );
      return Number(said ?? (await rows(page, wide).count()));
    })
    .toBeGreaterThan(60);
});

test('a list is sorted by what one picks', async ({ page, words, rep, wide }, info) => {
  eachOnce(info.project.name);
  await signIn(page, words, rep);
  await page.goto('/records/customer?view=mine');
  await rows(page, wide).first().waitFor();
  await page.getByLabel(words('list.sort')).selectOption('name');
  await expect(page).toHaveURL(/sort=name/);
  const titles = async () =>
    (await rows(page, wide).locator('b, th button').allInnerTexts()).slice(0, 20).map((text) => text.trim());
  const answer = await page.request.post('/api/v1/objects/customer/query', {
    data: { view: 'mine', sort: [{ field: 'name', dir: 'asc' }], limit: 20 },
    headers: ours,
  });
  const wanted = (await answer.json()).records.map((record: { title: string }) => record.title);
  await expect.poll(titles).toEqual(wanted);
});

test('a customer is found by name, by number and by its last four digits', async ({
  page,
  words,
  rep,
  demo,
  wide,
}) => {
  const number = `135${digits()}`;
  const api = await apiAs(demo, rep);
  const { id, title } = await collect(api, { name: `寻找中的诊所${number}`, phone: number });
  const surname = `欧阳${number.slice(-6)}`;
  const contact = { customer: { id }, name: `${surname}铁证` };
  expect((await api('POST', '/objects/contact/records', { fields: contact })).status).toBe(201);
  await signIn(page, words, rep);
  await page.goto('/records/customer');
  const box = page.getByRole('searchbox');
  for (const [typed, matched] of [
    ['寻找中的诊所', 'name'],
    [`${number.slice(0, 3)} ${number.slice(3, 7)} ${number.slice(7)}`, 'phone'],
    [number.slice(-4), 'last4'],
  ] as const) {
    await box.fill(typed);
    const row = rows(page, wide).filter({ hasText: title });
    await expect(row.first()).toBeVisible();
    await expect(row.getByText(words(`matched.${matched}`)).first()).toBeVisible();
  }
  await sound(page);
  await box.fill('没有这样的客户名称');
  await expect(page.getByText(words('search.none'))).toBeVisible();
  // What was searched for is in no address and on no disk.
  expect(page.url()).not.toContain(number.slice(-4));
  // Of a contact the name is sealed as well, and is found all the same.
  await page.goto('/records/contact');
  await box.fill(surname);
  const person = rows(page, wide).filter({ hasText: contact.name });
  await expect(person.first()).toBeVisible();
  await expect(person.getByText(words('matched.name')).first()).toBeVisible();
});

test('a plan that is due soon says so', async ({ page, words, rep, demo }, info) => {
  eachOnce(info.project.name);
  const api = await apiAs(demo, rep);
  const { id, title } = await collect(api, { name: `提醒我的医院${digits()}` });
  const plan = await api('POST', '/objects/plan/records', {
    fields: { customer: { id }, what: '带样机', due_at: new Date(Date.now() + 5 * 60_000).toISOString() },
  });
  expect(plan.status).toBe(201);
  await signIn(page, words, rep);
  await page.goto('/me');
  // The demo's own plans may be due at this hour of the day as well: the word is the one that names this customer.
  const word = page.getByRole('status').locator('> div').filter({ hasText: title });
  await expect(word).toBeVisible();
  await word.getByRole('button', { name: words('open') }).click();
  await expect(page.getByRole('heading', { level: 1, name: title })).toBeVisible();
});

test('a call is logged in three taps', async ({ page, words, rep, wide }) => {
  await signIn(page, words, rep);
  await openFirst(page, words, wide);
  const composer = page.locator('[data-composer]');
  await composer.getByRole('button').first().click();
  const sheet = page.getByRole('dialog', { name: words('followup.title') });
  await sheet.getByRole('button', { name: words('preset.call.interested') }).click();
  await sound(page);
  await sheet.getByRole('button', { name: words('save'), exact: true }).click();
  await expect(page.getByText(words('followup.saved'))).toBeVisible();
  await expect(page.getByRole('tabpanel').getByText(words('preset.call.interested')).first()).toBeVisible();
});

test('a plan is made and completed with a follow-up', async ({ page, words, rep, wide }) => {
  await signIn(page, words, rep);
  await openFirst(page, words, wide);
  await page.getByRole('button', { name: words('more') }).click();
  await page.getByRole('button', { name: words('plan.new') }).click();
  const sheet = page.getByRole('dialog', { name: words('plan.new') });
  await sheet.getByRole('radio', { name: words('plan.quick.tomorrow') }).check();
  const what = `送样机 ${Date.now()}`;
  await sheet.getByLabel(words('plan.text')).fill(what);
  await sheet.getByRole('button', { name: words('save'), exact: true }).click();
  const entry = page.getByRole('listitem').filter({ hasText: what });
  await expect(entry).toBeVisible();
  await entry.getByRole('button', { name: words('action.complete_and_log') }).click();
  const finish = page.getByRole('dialog', { name: words('plan.complete') });
  await finish.getByLabel(words('followup.text')).fill('样机已送到');
  await finish.getByRole('button', { name: words('save'), exact: true }).click();
  await expect(entry.getByText(words('plan.done'))).toBeVisible();
});

test('a plan that was called off is over, and leads to its own page', async ({
  page,
  words,
  rep,
  demo,
}, info) => {
  eachOnce(info.project.name);
  const api = await apiAs(demo, rep);
  const { id } = await collect(api, { name: `取消计划的客户${digits()}` });
  const what = `不用去了${digits()}`;
  const made = await api('POST', '/objects/plan/records', {
    fields: { customer: { id }, what, due_at: new Date(Date.now() - 3_600_000).toISOString() },
  });
  expect(made.status).toBe(201);
  await signIn(page, words, rep);
  await page.goto(`/records/customer/${id}`);
  const entry = page.getByRole('listitem').filter({ hasText: what });
  await expect(entry.getByText(words('plan.overdue'))).toBeVisible();
  await entry.getByRole('link', { name: what }).click();
  await expect(page.getByRole('heading', { level: 1, name: what })).toBeVisible();
  await api('PATCH', `/objects/plan/records/${made.body.id}`, { fields: { status: 'cancelled' } });
  await page.goto(`/records/customer/${id}`);
  await expect(entry).toBeVisible();
  await expect(entry.getByText(words('plan.overdue'))).toHaveCount(0);
  await expect(entry.getByRole('button', { name: words('action.complete_and_log') })).toHaveCount(0);
});

test('two people edit one field, and nobody loses', async ({ page, words, rep, wide }, info) => {
  eachOnce(info.project.name);
  await signIn(page, words, rep);
  await openFirst(page, words, wide);
  await page.getByRole('tab', { name: words('tab.data') }).click();
  const label = await page.getByRole('tabpanel').locator('dt').first().innerText();
  await page
    .getByRole('button', { name: words('edit.field', { field: label.split('\n')[0]?.trim() ?? '' }) })
    .click();
  const input = page.getByRole('tabpanel').getByRole('textbox').first();
  const before = await input.inputValue();
  await input.fill(`${before}（我改的）`);
  // Meanwhile, somebody else.
  const id = new URL(page.url()).searchParams.get('open') ?? page.url().split('/').pop()?.split('?')[0] ?? '';
  const path = `/api/v1/objects/customer/records/${id}`;
  const record = await (await page.request.get(path)).json();
  const answer = await page.request.patch(path, {
    data: { fields: { name: `${before}（别人改的）` } },
    headers: { 'X-Kedun-Request': '1', 'If-Match': `"${record.revision}"` },
  });
  expect(answer.ok()).toBe(true);
  await page
    .getByRole('tabpanel')
    .getByRole('button', { name: words('save'), exact: true })
    .click();
  const conflict = page.getByRole('dialog', { name: words('conflict.title') });
  await expect(conflict.getByText(`${before}（我改的）`)).toBeVisible();
  await expect(conflict.getByText(`${before}（别人改的）`)).toBeVisible();
  await sound(page);
  await conflict.getByRole('button', { name: words('conflict.keep_mine') }).click();
  await expect(page.getByRole('heading', { level: 1, name: `${before}（我改的）` })).toBeVisible();
});

test('a level that need not be chosen is taken back', async ({ page, words, rep, demo, english }, info) => {
  eachOnce(info.project.name);
  const api = await apiAs(demo, rep);
  const def = (await api('GET', '/objects/customer')).body.fields.find(
    (field: { name: string }) => field.name === 'level',
  );
  const { id } = await collect(api, { name: `定级诊所${digits()}`, level: def.options[0].value });
  await signIn(page, words, rep);
  await page.goto(`/records/customer/${id}`);
  await page.getByRole('tab', { name: words('tab.data') }).click();
  const field = english ? def.label.en : def.label.zh;
  await page.getByRole('button', { name: words('edit.field', { field }) }).click();
  const choice = page.getByRole('radiogroup', { name: field });
  await expect(choice.getByRole('radio').first()).toBeChecked();
  await sound(page);
  await choice.getByRole('button', { name: words('clear') }).click();
  await expect(choice.getByRole('radio', { checked: true })).toHaveCount(0);
  await expect(choice.getByRole('radio').first()).toBeFocused();
  await page
    .getByRole('tabpanel')
    .getByRole('button', { name: words('save'), exact: true })
    .click();
  await expect(choice).toHaveCount(0);
  const { fields } = (await api('GET', `/objects/customer/records/${id}`)).body;
  expect(fields.level?.value ?? null).toBeNull();
});

test('the keyboard walks the list', async ({ page, words, rep, wide }) => {
  test.skip(!wide, 'a phone has no keyboard');
  await signIn(page, words, rep);
  await page.goto('/records/customer?view=mine');
  await rows(page, wide).nth(2).waitFor();
  await page.keyboard.press('j');
  await page.keyboard.press('j');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/open=/);
  const first = page.url();
  await page.keyboard.press('j');
  await expect(page).not.toHaveURL(first);
  await page.getByRole('tab', { name: words('tab.data') }).waitFor();
  await page.keyboard.press('e');
  await expect(page.getByRole('tabpanel').last().getByRole('textbox').first()).toBeVisible();
  await page.getByRole('button', { name: words('cancel'), exact: true }).click();
  // A menu in the panel takes the key first.
  const menu = page
    .getByRole('complementary', { name: words('record.panel') })
    .getByRole('button', { name: words('more'), exact: true });
  await menu.click();
  await expect(menu).toHaveAttribute('aria-expanded', 'true');
  await page.keyboard.press('Escape');
  await expect(menu).toHaveAttribute('aria-expanded', 'false');
  await expect(page).toHaveURL(/open=/);
  await page.keyboard.press('Escape');
  await expect(page).not.toHaveURL(/open=/);
  await page.keyboard.press('/');
  await expect(page.getByRole('searchbox')).toBeFocused();
  await page.keyboard.press('Escape');
  await page.keyboard.press('c');
  await expect(page).toHaveURL(/new\/customer/);
});

test('a condition on a field that is gone is in sight and can be taken away', async ({
  page,
  words,
  rep,
  wide,
}, info) => {
  eachOnce(info.project.name);
  await signIn(page, words, rep);
  const f = { match: 'all', conditions: [{ field: 'no_more', op: 'not_empty' }] };
  await page.goto(`/records/customer?f=${encodeURIComponent(JSON.stringify(f))}`);
  await expect(page.getByText(words('filter.unknown'), { exact: true })).toBeVisible();
  await page.getByRole('button', { name: words('filter.remove', { what: words('filter.unknown') }) }).click();
  await expect(page.getByText(words('filter.unknown'), { exact: true })).toHaveCount(0);
  await expect(rows(page, wide).first()).toBeVisible();
});

test('a list is ordered and filtered only by what its object has', async ({ page, words, rep }, info) => {
  eachOnce(info.project.name);
  await signIn(page, words, rep);
  for (const [object, offered] of [
    ['customer', true],
    ['opportunity', false],
  ] as const) {
    await page.goto(`/records/${object}`);
    const sort = page.getByLabel(words('list.sort'));
    await sort.locator('option[value="-created_at"]').waitFor({ state: 'attached' });
    await expect(sort.locator('option[value="last_follow_up"]')).toHaveCount(offered ? 1 : 0);
    // Each of them is an order that the server knows.
    const orders = await sort
      .locator('option')
      .evaluateAll((all) => all.map((one) => (one as HTMLOptionElement).value));
    for (const order of orders.filter(Boolean)) {
      const answer = await page.request.post(`/api/v1/objects/${object}/query`, {
        data: { sort: [{ field: order.replace(/^-/, ''), dir: 'asc' }], limit: 1 },
        headers: ours,
      });
      expect(answer.status(), order).toBe(200);
    }
  }
});

test('a link in a row leads where it says, and the row elsewhere', async ({ page, words, rep, wide }) => {
  test.skip(!wide, 'a phone has cards');
  await signIn(page, words, rep);
  await page.goto('/records/opportunity');
  const row = rows(page, wide)
    .filter({ has: page.locator('a[href^="/records/customer/"]') })
    .first();
  const customer = row.locator('a[href^="/records/customer/"]').first();
  const address = await customer.getAttribute('href');
  await customer.click();
  await expect(page).toHaveURL(new RegExp(`${address}$`));
  await page.goBack();
  await row.click({ position: { x: 4, y: 4 } });
  await expect(page).toHaveURL(/records\/opportunity.*open=/);
});

test('what was typed some days ago does not overwrite who wrote since', async ({
  page,
  words,
  rep,
  demo,
  english,
}, info) => {
  eachOnce(info.project.name);
  const api = await apiAs(demo, rep);
  const before = `旧草稿诊所${digits()}`;
  const { id } = await collect(api, { name: before });
  const path = `/objects/customer/records/${id}`;
  await signIn(page, words, rep);
  await page.goto(`/records/customer/${id}`);
  await page.getByRole('tab', { name: words('tab.data') }).click();
  const { fields } = (await api('GET', '/objects/customer')).body;
  const { label } = fields.find((field: { name: string }) => field.name === 'name');
  await page
    .getByRole('button', { name: words('edit.field', { field: english ? label.en : label.zh }) })
    .click();
  const input = page.getByRole('tabpanel').getByRole('textbox').first();
  await input.fill(`${before}（我改的）`);
  await expect
    .poll(() => page.evaluate(() => Object.keys(localStorage).some((key) => key.includes('draft.edit'))))
    .toBe(true);
  await page.goto('/me');
  const record = (await api('GET', path)).body;
  const patched = await page.request.patch(`/api/v1${path}`, {
    data: { fields: { name: `${before}（别人改的）` } },
    headers: { ...ours, 'If-Match': `"${record.revision}"` },
  });
  expect(patched.ok()).toBe(true);
  await page.goto(`/records/customer/${id}`);
  await page.getByRole('tab', { name: words('tab.data') }).click();
  await expect(input).toHaveValue(`${before}（我改的）`);
  await page
    .getByRole('tabpanel')
    .getByRole('button', { name: words('save'), exact: true })
    .click();
  const conflict = page.getByRole('dialog', { name: words('conflict.title') });
  await expect(conflict.getByText(`${before}（别人改的）`)).toBeVisible();
  await conflict
    .getByRole('button', { name: words('conflict.keep_theirs', { field: english ? label.en : label.zh }) })
    .click();
  await expect(page.getByRole('heading', { level: 1, name: `${before}（别人改的）` })).toBeVisible();
});

test('a search is asked when the typing rests, not at each letter', async ({
  page,
  words,
  rep,
  demo,
}, info) => {
  eachOnce(info.project.name);
  const name = `mingdezhensuo${digits()}`;
  const { title } = await collect(await apiAs(demo, rep), { name });
  await signIn(page, words, rep);
  const asked: string[] = [];
  page.on('request', (request) => {
    if (request.url().endsWith('/objects/customer/search')) asked.push(request.postDataJSON().q);
  });
  // A machine that is busy may rest in the middle of a word, too; twenty letters are not asked for one by one.
  const restedOnly = async () => {
    await expect.poll(() => asked.at(-1)).toBe(name);
    expect(asked.length).toBeLessThan(5);
  };
  await page.goto('/follow-up');
  await page.getByRole('searchbox').pressSequentially(name, { delay: 20 });
  await expect(page.getByRole('main').getByRole('button', { name: title })).toBeVisible();
  await restedOnly();
  asked.length = 0;
  await page.goto('/new/contact');
  await page.locator('#field-customer').click();
  const picker = page.getByRole('dialog').last();
  await picker.getByRole('searchbox').pressSequentially(name, { delay: 20 });
  await expect(picker.getByRole('button', { name: title })).toBeVisible();
  await restedOnly();
});
