/** Five minutes a week: five follow-ups are drawn by lot, scored, checked, and seen by whose they were. */
import { apiAs, expect, people, signIn, test } from './demo';

test('a manager draws five follow-ups, scores them and draws again to check; the rep sees the score', async ({
  page,
  words,
  demo,
  manager,
}) => {
  await signIn(page, words, manager);
  await page.goto('/spot-checks');
  // An older check is there with its averages, as a picture and as a table.
  const averages = page.getByRole('region', { name: words('spot.people'), exact: true });
  await expect(averages.getByRole('img')).toBeVisible();
  await averages.getByRole('button', { name: words('chart.as_table') }).click();
  await expect(averages.getByRole('row').nth(1)).toBeVisible();

  // Twice is once: two presses, one draw.
  await page.getByRole('button', { name: words('spot.draw'), exact: true }).dblclick();
  await expect(page).toHaveURL(/spot-checks\/[\w-]+/);
  const steps = page.getByRole('navigation', { name: words('spot.items') }).getByRole('button');
  await expect(steps).toHaveCount(5);
  const save = page.getByRole('button', { name: words('spot.save'), exact: true });
  await expect(save).toBeDisabled();
  // Left in the middle, it is in the bell, which leads back to it.
  const left = new URL(page.url()).pathname;
  await page.goto('/');
  await page.getByRole('button', { name: words('notifications.open') }).click();
  const bell = page.getByRole('dialog', { name: words('notifications.title') });
  const { week: drawn } = (await (await page.request.get('/api/v1/spot_checks')).json()) as {
    week: { period: string };
  };
  await bell.getByText(words('notification.spot', { period: drawn.period, n: 5 })).click();
  await expect(page).toHaveURL(new RegExp(`${left}$`));
  await expect(save).toBeDisabled();
  for (let n = 0; n < 5; n += 1) {
    const form = page.locator('form');
    for (const question of await form.getByRole('group').all()) {
      await question.getByRole('radio').first().check();
    }
    if (n === 0) {
      const remark = page.getByLabel(words('spot.remark'));
      await remark.fill('写得具体，下一步也清楚。');
      // A look at the next one, to compare, and back.
      await steps.nth(1).click();
      await expect(remark).toHaveValue('');
      await steps.nth(0).click();
      await expect(remark).toHaveValue('写得具体，下一步也清楚。');
      // And elsewhere, by a link of the page itself.
      await page.getByRole('link', { name: words('spot.back') }).click();
      await expect(page).toHaveURL(/spot-checks$/);
      await page.goBack();
      await expect(remark).toHaveValue('写得具体，下一步也清楚。');
      await expect(form.getByRole('group').first().getByRole('radio').first()).toBeChecked();
    }
    await save.click();
    await expect(page.getByText(words('spot.progress', { n: n + 1, of: 5 }))).toBeVisible();
  }
  await expect(page.getByText(words('spot.state.done'), { exact: true })).toBeVisible();
  await page.getByRole('button', { name: words('spot.verify') }).click();
  await expect(page.getByText(words('spot.holds'))).toBeVisible();

  // The same week asked for again is the same draw, and one of the five belongs to somebody who finds it at home.
  const api = await apiAs(demo, manager);
  const { week, checks } = (await api('GET', '/spot_checks')).body;
  expect(week.state).toBe('done');
  const again = (await api('PUT', `/spot_checks/weeks/${week.period}`)).body;
  expect(again.id).toBe(checks[0].id);
  const about = again.items[0].score.person.name;
  const author = people(demo, /rep|intern|service|代表/i).find((one) => one.name === about);
  if (!author) throw new Error(`nobody is called ${about}`);
  await page.context().clearCookies();
  await signIn(page, words, author);
  await page.goto('/me/scores');
  await expect(page.getByText('写得具体，下一步也清楚。')).toBeVisible();
  await page.goto('/spot-checks');
  await expect(page.getByText(words('problem.not_found'))).toBeVisible();
});
