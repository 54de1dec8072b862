/** The manager's day: the board, an approval held against today, several customers given away, a handover to its end. */
import {
  apiAs,
  collect,
  digits,
  eachOnce,
  expect,
  people,
  personWithNumber,
  signIn,
  sound,
  test,
} from './demo';

/** Chart by chart: a picture with a sentence, and a table with the same numbers one tap away. */
test('the board shows the team in pictures, and each as a table', async ({ page, words, manager }) => {
  await signIn(page, words, manager);
  await page.goto('/board');
  await expect(page.getByRole('heading', { level: 1, name: words('board.title') })).toBeVisible();
  await expect(page.getByText(words('board.whose.team'), { exact: true })).toBeVisible();
  for (const title of [
    'activity.title',
    'funnel.title',
    'quiet.title',
    'pool.title',
    'forecast.title',
  ] as const) {
    const frame = page.getByRole('region', { name: words(title), exact: true });
    await expect(frame.getByRole('img').first()).toBeVisible();
    await frame.getByRole('button', { name: words('chart.as_table') }).click();
    await expect(frame.getByRole('table')).toBeVisible();
    await expect(frame.getByRole('row').nth(1)).toBeVisible();
    await frame.getByRole('button', { name: words('chart.as_picture') }).click();
    await expect(frame.getByRole('table')).toBeHidden();
  }
  await sound(page);
  // Another period is in the address, so that the way back finds it again.
  await page
    .getByRole('radio', { name: words('board.days.n', { n: 14 }) })
    .first()
    .check();
  await expect(page).toHaveURL(/days=14/);
});

test('a rep sees only their own numbers, and an auditor why there are none', async ({
  page,
  words,
  rep,
  demo,
}) => {
  await signIn(page, words, rep);
  await page.goto('/board');
  await expect(page.getByText(words('board.whose.own'), { exact: true })).toBeVisible();
  const frame = page.getByRole('region', { name: words('activity.title.own') });
  await frame.getByRole('button', { name: words('chart.as_table') }).click();
  await expect(frame.locator('tbody tr')).toHaveCount(1);
  await page.context().clearCookies();
  const [auditor] = people(demo, /audit|审计/i);
  if (!auditor) throw new Error('no auditor');
  await signIn(page, words, auditor);
  await page.goto('/board');
  await expect(page.getByText(words('board.empty.why'))).toBeVisible();
});

test('who approves sees before that more rows match than were asked for', async ({
  page,
  words,
  demo,
  manager,
}) => {
  const rep = personWithNumber(demo, /rep|代表/i, 3);
  const api = await apiAs(demo, rep);
  const name = `对照诊所${digits()}`;
  await collect(api, { name: `${name}一`, phone: `139${digits()}` });
  const order = {
    object: 'customer',
    fields: ['name', 'phone'],
    filter: { field: 'name', op: 'starts_with', value: name },
    purpose: 'report',
    format: 'csv',
    clear: true,
  };
  const asked = await api('POST', '/exports', order);
  expect(asked.body.state).toBe('waiting');
  const boss = await bossOf(demo, asked.body.id, [manager, ...people(demo, /manager|主管/i)]);
  await signIn(page, words, boss);
  await page.goto('/approvals');
  await page.getByRole('main').getByRole('listitem').getByRole('button').first().click();
  const sheet = page.getByRole('dialog');
  await expect(sheet.getByText(words('compare.holds'))).toBeVisible();
  await expect(sheet.getByRole('list', { name: words('path.title') })).toContainText(rep.name);
  await page.keyboard.press('Escape');
  await collect(api, { name: `${name}二`, phone: `139${digits()}` });
  await page.getByRole('main').getByRole('listitem').getByRole('button').first().click();
  await expect(sheet.getByText(words('compare.reason.more_rows'))).toBeVisible();
  await sheet.getByLabel(words('approvals.comment')).fill('请重新申请');
  await sheet.getByRole('button', { name: words('action.reject'), exact: true }).dblclick();
  await expect(sheet).toBeHidden();
  expect((await api('GET', `/exports/${asked.body.id}`)).body.state).toBe('rejected');
});

/** Of several managers the one in whose department the request lies. */
async function bossOf(
  demo: Parameters<typeof apiAs>[0],
  target: string,
  managers: Parameters<typeof apiAs>[1][],
) {
  for (const candidate of managers) {
    const api = await apiAs(demo, candidate);
    const { body } = await api('GET', '/tasks?state=open');
    if (
      body.tasks.some(
        (task: { target: string; decidable: boolean }) => task.target === target && task.decidable,
      )
    )
      return candidate;
  }
  throw new Error('nobody may decide');
}

test('several customers are shared at once, and each says whether it was', async ({
  page,
  words,
  demo,
}, info) => {
  eachOnce(info.project.name);
  const rep = personWithNumber(demo, /rep|代表/i, 1);
  const other = personWithNumber(demo, /rep|代表/i, 2);
  await signIn(page, words, rep);
  await page.goto('/records/customer?view=mine');
  await page.getByRole('button', { name: words('batch.open') }).click();
  const sheet = page.getByRole('dialog').first();
  await sheet.getByRole('radio', { name: words('action.share') }).check();
  const boxes = sheet.getByRole('checkbox');
  await boxes.nth(1).check();
  await boxes.nth(2).check();
  await sheet.getByRole('button', { name: words('batch.next', { n: 2 }) }).click();
  // Nothing leaves without a person and a purpose.
  await sheet.getByRole('button', { name: words('batch.run.share', { n: 2 }) }).click();
  await expect(sheet.getByText(words('share.person_needed'))).toBeVisible();
  await sheet.getByLabel(words('share.with')).click();
  const picker = page.getByRole('dialog').last();
  await picker.getByRole('searchbox').fill(other.name);
  await picker.getByRole('button', { name: other.name }).first().click();
  await sheet.getByRole('radio', { name: words('share.purpose.cover') }).check();
  await sound(page);
  await sheet.getByRole('button', { name: words('batch.run.share', { n: 2 }) }).click();
  await expect(sheet.getByText(words('batch.progress', { done: 2, total: 2 }))).toBeVisible();
  await sheet.getByRole('button', { name: words('done'), exact: true }).click();
  await expect(sheet).toBeHidden();
});

test('a share says its end and can be ended before', async ({ page, words, demo }, info) => {
  eachOnce(info.project.name);
  const rep = personWithNumber(demo, /rep|代表/i, 2);
  const other = personWithNumber(demo, /rep|代表/i, 4);
  const api = await apiAs(demo, rep);
  const { id } = await collect(api, { name: `共享诊所${digits()}`, phone: `137${digits()}` });
  await signIn(page, words, rep);
  await page.goto(`/records/customer/${id}`);
  await page.getByRole('button', { name: words('more') }).click();
  await page.getByRole('button', { name: words('action.share'), exact: true }).click();
  const sheet = page.getByRole('dialog').first();
  await expect(sheet.getByText(words('share.none'))).toBeVisible();
  await sheet.getByLabel(words('share.with')).click();
  const picker = page.getByRole('dialog').last();
  await picker.getByRole('searchbox').fill(other.name);
  await picker.getByRole('button', { name: other.name }).first().click();
  await sheet.getByRole('radio', { name: words('share.purpose.visit') }).check();
  await sheet.getByRole('button', { name: words('action.share'), exact: true }).click();
  const shared = sheet.getByRole('listitem').filter({ hasText: other.name });
  await expect(shared).toContainText(words('share.purpose.visit'));
  await sound(page);
  const end = shared.getByRole('button', { name: words('share.end'), exact: true });
  await page.context().setOffline(true);
  await end.click();
  await expect(sheet.getByRole('alert')).toHaveText(words('problem.offline'));
  await page.context().setOffline(false);
  await end.click();
  await expect(sheet.getByText(words('share.none'))).toBeVisible();
});

test('a handover goes from the frozen account to the certificate', async ({ page, words, demo }, info) => {
  eachOnce(info.project.name);
  const [admin] = people(demo, /system|系统/i);
  if (!admin) throw new Error('no administrator');
  // The last one is leaving already where the table of screens was walked.
  const leaver = people(demo, /rep|代表/i).at(-3);
  if (!leaver) throw new Error('nobody to leave');
  await signIn(page, words, admin);
  await page.goto('/handovers');
  await page
    .getByRole('button', { name: words('handovers.begin') })
    .first()
    .click();
  const sheet = page.getByRole('dialog').first();
  await sheet.getByRole('button', { name: words('handovers.begin.go') }).click();
  await expect(sheet.getByText(words('handovers.who.needed'))).toBeVisible();
  await sheet.getByLabel(words('handovers.who')).click();
  const picker = page.getByRole('dialog').last();
  await picker.getByRole('searchbox').fill(leaver.name);
  await picker.getByRole('button', { name: leaver.name }).first().click();
  await sheet.getByRole('radio', { name: words('handovers.reason.resignation') }).check();
  await sheet.getByLabel(words('handovers.begin.sure')).check();
  await sound(page);
  await sheet.getByRole('button', { name: words('handovers.begin.go') }).click();
  await expect(page.getByRole('heading', { level: 1 })).toContainText(leaver.name);
  await expect(page.getByText(words('handovers.state.planned'), { exact: true }).first()).toBeVisible();
  // A part of the plan that does not come is asked for again by who reads it, not by the page.
  let asked = 0;
  await page.route(/handovers\/[\w-]+\?from=/, async (route) => {
    if (!route.request().url().includes('from=0&')) {
      asked += 1;
      return route.abort();
    }
    const response = await route.fetch();
    const body = await response.json();
    return route.fulfill({ response, json: { ...body, next_from: body.items.length } });
  });
  await page.reload();
  const again = page.getByRole('button', { name: words('retry'), exact: true });
  await again.waitFor({ timeout: 20_000 });
  const times = asked;
  await page.waitForTimeout(1_500);
  expect(asked).toBe(times);
  await page.unroute(/handovers\/[\w-]+\?from=/);
  await again.click();
  await expect(again).toHaveCount(0);
  // The leaver is out at once.
  const out = await page.request.post('/api/v1/sessions', {
    data: { login: leaver.login, password: leaver.password },
  });
  expect(out.status()).toBe(401);
  await page.getByRole('button', { name: words('handovers.run'), exact: true }).click();
  await page
    .getByRole('dialog')
    .getByRole('button', { name: words('handovers.run'), exact: true })
    .click();
  await expect(page.getByRole('heading', { name: words('handovers.certificate') })).toBeVisible({
    timeout: 40_000,
  });
  await page.getByRole('button', { name: words('handovers.certificate.view') }).click();
  await expect(page.getByText(words('handovers.certificate.heirs'))).toBeVisible();
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: words('handovers.certificate.download') }).click(),
  ]);
  expect(download.suggestedFilename()).toMatch(/^HO-\d{8}-\d{6}\.txt$/);
  await sound(page);
});

test('a refused decision stays on the page with what was typed, though the request has left the list', async ({
  page,
  words,
  demo,
  manager,
}, info) => {
  eachOnce(info.project.name);
  const rep = personWithNumber(demo, /rep|代表/i, 2);
  const api = await apiAs(demo, rep);
  const name = `保全诊所${digits()}`;
  await collect(api, { name, phone: `139${digits()}` });
  const asked = await api('POST', '/exports', {
    object: 'customer',
    fields: ['name', 'phone'],
    filter: { field: 'name', op: 'starts_with', value: name },
    purpose: 'report',
    format: 'csv',
    clear: true,
  });
  const boss = await bossOf(demo, asked.body.id, [manager, ...people(demo, /manager|主管/i)]);
  await signIn(page, words, boss);
  await page.goto('/approvals');
  await page.getByRole('main').getByRole('listitem').getByRole('button').first().click();
  const sheet = page.getByRole('dialog');
  const comment = sheet.getByLabel(words('approvals.comment'));
  await comment.fill('同意，仅限本次');
  // As an erasure under a hold is answered: the decision stands, it is refused to be carried out, the task is settled.
  const refusal = 'Held.';
  await page.route('**/api/v1/tasks/*/decisions', (route) =>
    route.fulfill({
      status: 409,
      contentType: 'application/problem+json',
      json: { code: 'on_hold', detail: refusal },
    }),
  );
  await page.route('**/api/v1/tasks?state=open', (route) => route.fulfill({ json: { tasks: [] } }));
  await sheet.getByRole('button', { name: words('action.approve'), exact: true }).click();
  await expect(page.getByText(words('approvals.empty.waiting'))).toBeAttached();
  await expect(sheet.getByRole('alert')).toBeVisible();
  await expect(comment).toHaveValue('同意，仅限本次');
});
