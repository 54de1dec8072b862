/** Step 8: an alert reaches who is in charge within seconds, and is answered with its evidence open. */
import type { Locator, Page } from '@playwright/test';
import {
  type Api,
  apiAs,
  type Demo,
  eachOnce,
  expect,
  fits,
  type Person,
  people,
  personWithNumber,
  signIn,
  sound,
  test,
} from './demo';

const security = (demo: Demo) => people(demo, /security/)[0] as Person;

/** Customers of somebody, by id. */
async function customersOf(demo: Demo, owner: Person): Promise<string[]> {
  const api = await apiAs(demo, owner);
  const { body } = await api('POST', '/objects/customer/query', { view: 'mine', limit: 50 });
  return body.records.map((record: { id: string }) => record.id);
}

/** Asks for records that are none of theirs, until a rule says so. */
async function pry(demo: Demo, who: Api, owner: Person, times: number): Promise<void> {
  let refused = 0;
  for (const id of await customersOf(demo, owner)) {
    if (refused === times) break;
    // What another story shared with them is no prying.
    if ((await who('GET', `/objects/customer/records/${id}`)).status === 404) refused += 1;
  }
  expect(refused).toBe(times);
}

/** The alert opened: beside the list on a desktop, over it on a phone. */
const opened = (page: Page, wide: boolean): Locator =>
  wide ? page.getByRole('tabpanel').getByRole('region').first() : page.getByRole('dialog').first();

test('an alert is announced within five seconds, read with its evidence and answered in one tap', async ({
  page,
  demo,
  words,
  wide,
}, info) => {
  // Each run of this story pries as somebody else: one alert per rule and person.
  const at = 6 + 2 * ['phone zh-CN', 'desktop zh-CN', 'phone en', 'desktop en'].indexOf(info.project.name);
  const rep = personWithNumber(demo, /^rep$/, at);
  const other = personWithNumber(demo, /^rep$/, at - 1);
  await signIn(page, words, security(demo));
  await page.goto('/');
  await page.getByRole('heading', { level: 1 }).waitFor();
  await page.waitForTimeout(500);
  const prying = await apiAs(demo, rep);
  await pry(demo, prying, other, 6);
  const word = page.getByRole('status').locator('> div').filter({ hasText: rep.name });
  await expect(word).toBeVisible({ timeout: 5_000 });
  await expect(page.getByRole('main').locator('a[href="/alerts"]')).toBeVisible();
  await word.getByRole('button', { name: words('open'), exact: true }).click();

  const alert = opened(page, wide);
  await expect(alert).toContainText(rep.name);
  await expect(alert.getByText(words('alerts.kind.denied_scope'))).toHaveCount(5);
  await sound(page);
  const end = alert.getByRole('button', { name: words('alerts.act.end_sessions') });
  await end.click();
  const ending = page.getByRole('dialog', { name: words('alerts.ending', { name: rep.name }) });
  await sound(page);
  expect((await prying('GET', '/me')).status).toBe(200);
  await ending.getByRole('button', { name: words('alerts.act.end_sessions') }).click();
  await expect(ending).toHaveCount(0);
  await expect(alert).toContainText(words('alerts.did.end_sessions'));
  expect((await prying('GET', '/me')).status).toBe(401);
  // What was taken in hand needs no second "I take it".
  await expect(alert.getByRole('button', { name: words('alerts.act.acknowledge') })).toHaveCount(0);

  await alert.getByRole('button', { name: words('alerts.act.close'), exact: true }).click();
  const closing = page.getByRole('dialog').last();
  const close = closing.getByRole('button', { name: words('alerts.closing'), exact: true });
  await expect(close).toBeDisabled();
  await closing.getByRole('button', { name: words('alerts.closing.mistake') }).click();
  await sound(page);
  await close.click();
  await expect(alert).toContainText(words('alerts.did.close'));
  await expect(alert).toContainText(words('alerts.closing.mistake'));
  await expect(alert.getByRole('button', { name: words('alerts.act.end_sessions') })).toHaveCount(0);
  await fits(page);
});

test('an alert that is raised while another is answered does not take its place', async ({
  page,
  demo,
  words,
  wide,
}, info) => {
  test.skip(!wide, 'on a phone the first is not open by itself');
  eachOnce(info.project.name);
  const [first, second] = [8, 9].map((at) => personWithNumber(demo, /^rep$/, at)) as [Person, Person];
  const leader = await apiAs(demo, security(demo));
  await pry(demo, await apiAs(demo, first), personWithNumber(demo, /^rep$/, 1), 6);
  const newest = async () => (await leader('GET', '/alerts?state=open')).body.alerts[0]?.person.name;
  await expect.poll(newest, { timeout: 8_000 }).toBe(first.name);
  await signIn(page, words, security(demo));
  const live = page.waitForResponse('**/api/v1/events');
  await page.goto('/alerts');
  await live;
  const list = page.getByRole('tabpanel').getByRole('list').first();
  const alert = opened(page, wide);
  await expect(alert).toContainText(first.name);
  await pry(demo, await apiAs(demo, second), personWithNumber(demo, /^rep$/, 1), 6);
  await expect(list.getByRole('listitem').first()).toContainText(second.name);
  await expect(alert).toContainText(first.name);

  // A finding that could not be sent is still there.
  await alert.getByRole('button', { name: words('alerts.act.close'), exact: true }).click();
  const closing = page.getByRole('dialog');
  const note = closing.getByLabel(words('alerts.closing.note'));
  await note.fill('问过本人，是旧书签');
  await page.route('**/responses', (route) => route.abort());
  const close = closing.getByRole('button', { name: words('alerts.closing'), exact: true });
  await close.click();
  await expect(closing.getByRole('alert')).toBeVisible();
  await expect(note).toHaveValue('问过本人，是旧书签');
  // Nor does it go with a tap beside the sheet.
  await page.keyboard.press('Escape');
  await expect(closing).toHaveCount(0);
  await alert.getByRole('button', { name: words('alerts.act.close'), exact: true }).click();
  await expect(note).toHaveValue('问过本人，是旧书签');
  await page.unroute('**/responses');
  await close.click();
  await expect(alert).toContainText('问过本人，是旧书签');
  // Off the list of what is open, and still the one that is shown.
  await expect(list).not.toContainText(first.name);
});

test('who answers second is told who was first, and sees how it stands', async ({
  page,
  demo,
  words,
  wide,
}, info) => {
  eachOnce(info.project.name);
  const rep = personWithNumber(demo, /^rep$/, wide ? 2 : 3);
  const prying = await apiAs(demo, rep);
  const leader = await apiAs(demo, security(demo));
  await pry(demo, prying, personWithNumber(demo, /^rep$/, 1), 6);
  const mine = async () => {
    const { alerts } = (await leader('GET', '/alerts?state=open')).body;
    return alerts.find((alert: { person: { name: string } }) => alert.person.name === rep.name)?.id;
  };
  await expect.poll(mine, { timeout: 8_000 }).toBeTruthy();
  const id = await mine();
  await signIn(page, words, security(demo));
  await page.goto(`/alerts?open=${id}`);
  const alert = opened(page, wide);
  const take = alert.getByRole('button', { name: words('alerts.act.acknowledge') });
  await take.waitFor();
  // The page must not hear of it: the answer is refused, not prevented.
  await page.route('**/api/v1/events', (route) => route.abort());
  await page.route(`**/api/v1/alerts/${id}/responses`, async (route) => {
    await page.unroute(`**/api/v1/alerts/${id}/responses`);
    const first = await leader('POST', `/alerts/${id}/responses`, {
      action: 'close',
      note: 'settled by phone',
    });
    expect(first.status).toBe(200);
    await route.continue();
  });
  await take.click();
  await expect(alert.getByRole('alert')).toContainText(security(demo).name);
  await expect(alert).toContainText('settled by phone');
  await expect(take).toHaveCount(0);
});

test('the auditor reads and does not answer, and a rep has no such page', async ({
  page,
  demo,
  words,
  rep,
  wide,
}, info) => {
  eachOnce(info.project.name);
  const guardian = await apiAs(demo, security(demo));
  const pryer = personWithNumber(demo, /^rep$/, wide ? 4 : 5);
  await pry(demo, await apiAs(demo, pryer), rep, 6);
  const raised = async () => {
    const { alerts } = (await guardian('GET', '/alerts?state=all')).body;
    return alerts.find((alert: { person: { name: string } }) => alert.person.name === pryer.name)?.id;
  };
  await expect.poll(raised, { timeout: 8_000 }).toBeTruthy();
  const id = await raised();
  await signIn(page, words, people(demo, /audit/)[0] as Person);
  await page.goto(`/alerts?open=${id}`);
  await expect(opened(page, wide)).toContainText(words('alerts.read_only'));
  await expect(page.getByRole('button', { name: words('alerts.act.close'), exact: true })).toHaveCount(0);

  await page.context().clearCookies();
  await signIn(page, words, rep);
  await page.goto('/alerts');
  await expect(page.getByRole('main')).toContainText(words('problem.forbidden.why'));
});
