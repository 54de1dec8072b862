/** The bell: what others gave me, what a customer asks, who leaves. Each is told to whom it concerns and to nobody else. */
import type { Page } from '@playwright/test';
import {
  apiAs,
  collect,
  demoPerson,
  digits,
  eachOnce,
  expect,
  people,
  signIn,
  test,
  type Words,
} from './demo';

const bell = (page: Page, words: Words) =>
  page.getByRole('button', { name: new RegExp(words('notifications.open')) });

async function lines(page: Page, words: Words) {
  await bell(page, words).click();
  const sheet = page.getByRole('dialog', { name: words('notifications.title') });
  await expect(sheet).toBeVisible();
  await expect(sheet.locator('[aria-busy=true]')).toHaveCount(0);
  return sheet.getByRole('listitem');
}

test('what a manager gives me is told while I look on, and leads there; the one who gave it hears nothing', async ({
  page,
  demo,
  words,
  rep,
  manager,
}, info) => {
  eachOnce(info.project.name);
  const [, receiver] = people(demo, /^rep$/).filter((one) => one.department === rep.department);
  if (!receiver) throw new Error('the rep works alone');
  const customer = await collect(await apiAs(demo, rep), {
    name: `移交的医院${digits()}`,
    phone: `136${digits()}`,
  });
  await signIn(page, words, receiver);
  await page.goto('/');
  await page.getByRole('heading', { level: 1, name: words('today.title') }).waitFor();
  const given = new RegExp(words('notification.given', { name: manager.name, n: 1, what: '' }).trim());
  await expect((await lines(page, words)).filter({ hasText: given })).toHaveCount(0);
  await page.keyboard.press('Escape');

  const boss = await apiAs(demo, manager);
  const me = (await (await page.request.get('/api/v1/me')).json()).person.id;
  const moved = await boss('POST', `/objects/customer/records/${customer.id}/transfers`, {
    to: me,
    reason: 'balance',
  });
  expect(moved.status, JSON.stringify(moved.body)).toBe(200);
  const line = (await lines(page, words)).filter({ hasText: given });
  await expect(line).toHaveCount(1);
  // Neither here nor in a lock screen does it name the customer.
  await expect(line).not.toContainText(customer.title);
  await line.getByRole('link').or(line.getByRole('button')).first().click();
  await expect(page).toHaveURL(new RegExp(customer.id));
  await expect(page.getByRole('heading', { level: 1, name: customer.title })).toBeVisible();

  await page.context().clearCookies();
  await signIn(page, words, manager);
  await page.goto('/');
  await expect((await lines(page, words)).filter({ hasText: given })).toHaveCount(0);
});

test('a customer’s request is told to the desk, and a planned handover to the manager of whoever leaves', async ({
  page,
  demo,
  words,
  rep,
  manager,
}, info) => {
  eachOnce(info.project.name);
  const api = await apiAs(demo, rep);
  const customer = await collect(api, { name: `来问的诊所${digits()}`, phone: `136${digits()}` });
  const asked = await api('POST', `/objects/customer/records/${customer.id}/rights_requests`, {
    kind: 'copy',
    channel: 'phone',
    text: '要一份复印件。',
  });
  expect(asked.status, JSON.stringify(asked.body)).toBe(201);
  await signIn(page, words, demoPerson(demo, 'legal'));
  await page.goto('/');
  const request = (await lines(page, words)).filter({ hasText: asked.body.number });
  await expect(request).toHaveCount(1);
  await request.getByRole('link').or(request.getByRole('button')).first().click();
  await expect(page).toHaveURL(new RegExp(`/rights/${asked.body.id}`));

  const system = await apiAs(demo, demoPerson(demo, 'system_admin'));
  const found = await system('GET', `/people?q=${encodeURIComponent(rep.name)}`);
  const colleague = found.body.people.find((one: { login: string }) => one.login === rep.login);
  const name = `离岗${digits()}`;
  const begun = await system('POST', '/people', {
    login: `li.gang.${digits()}`,
    name,
    department: colleague.department.id,
  });
  expect(begun.status, JSON.stringify(begun.body)).toBe(201);
  const planned = await system('POST', '/handovers', { person: begun.body.id, reason: 'resignation' });
  expect(planned.status, JSON.stringify(planned.body)).toBe(201);

  await page.context().clearCookies();
  await signIn(page, words, manager);
  await page.goto('/');
  const handover = (await lines(page, words)).filter({ hasText: name });
  await expect(handover).toHaveText(new RegExp(words('notification.handover_planned', { name })));
  await handover.getByRole('link').or(handover.getByRole('button')).first().click();
  await expect(page).toHaveURL(new RegExp(`/handovers/${planned.body.id}`));

  await page.context().clearCookies();
  await signIn(page, words, rep);
  await page.goto('/');
  const mine = await lines(page, words);
  await expect(mine.filter({ hasText: name })).toHaveCount(0);
  await expect(mine.filter({ hasText: asked.body.number })).toHaveCount(0);
});

test('a bell that could not ask says so, and asks again', async ({ page, words, rep }, info) => {
  eachOnce(info.project.name);
  await signIn(page, words, rep);
  const path = '**/api/v1/tasks';
  await page.route(path, (route) => route.fulfill({ status: 500, json: { code: 'internal' } }));
  await page.goto('/');
  await page.getByRole('heading', { level: 1, name: words('today.title') }).waitFor();
  await bell(page, words).click();
  const sheet = page.getByRole('dialog', { name: words('notifications.title') });
  const again = sheet.getByRole('button', { name: words('retry'), exact: true });
  await expect(again).toBeVisible();
  await expect(sheet.getByText(words('notifications.empty'), { exact: true })).toHaveCount(0);
  await page.unroute(path);
  await again.click();
  await expect(again).toHaveCount(0);
});
