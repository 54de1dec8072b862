/** How long data are kept: the calendar, a hold, and an erasure that begins from what is due. */
import { expect, people, signIn, sound, test } from './demo';

test('a lawyer reads the calendar, holds one record and begins the erasure of another; a rep has no such page', async ({
  page,
  words,
  demo,
  rep,
}) => {
  const [lawyer] = people(demo, /legal|法务/i);
  if (!lawyer) throw new Error('no lawyer');
  await signIn(page, words, lawyer);
  await page.goto('/retention');
  const frame = page.getByRole('region', { name: words('retention.calendar'), exact: true });
  await expect(frame.getByRole('img')).toBeVisible();
  await frame.getByRole('button', { name: words('chart.as_table') }).click();
  await expect(frame.getByRole('row')).toHaveCount(27);
  await frame.getByRole('button', { name: words('chart.as_picture') }).click();

  // Held, a record leaves the list and stands among the holds.
  const due = page.getByRole('region', { name: words('retention.due'), exact: true });
  const rows = due.getByRole('listitem');
  const held = (await rows.first().locator('b').textContent()) ?? '';
  await rows
    .first()
    .getByRole('button', { name: words('retention.hold'), exact: true })
    .click();
  const sheet = page.getByRole('dialog');
  await sheet.getByLabel(words('retention.hold.note')).fill('2026-民初-118');
  await sound(page);
  await sheet.getByRole('button', { name: words('retention.hold'), exact: true }).dblclick();
  await expect(sheet).toBeHidden();
  const holds = page.getByRole('region', { name: words('retention.holds'), exact: true });
  await expect(holds.getByRole('listitem')).toContainText(held);
  await expect(due.getByText(held, { exact: true })).toHaveCount(0);

  // Two are begun at once. Nothing is destroyed by it: they stay, marked, and wait for somebody else.
  const names = [];
  for (const at of [0, 1]) {
    names.push((await rows.nth(at).locator('b').textContent()) ?? '');
    await rows.nth(at).getByRole('checkbox').check();
  }
  await due.getByRole('button', { name: words('retention.begin', { n: 2 }) }).click();
  await page
    .getByRole('dialog')
    .getByRole('button', { name: words('retention.begin.go'), exact: true })
    .dblclick();
  await expect(page.getByText(words('retention.begun', { n: 2 }))).toBeVisible();
  await expect(due.getByRole('link', { name: words('retention.due.case') })).toHaveCount(2);
  await expect(due.getByText(names[0] ?? '', { exact: true })).toBeVisible();
  await due
    .getByRole('link', { name: words('retention.due.case') })
    .first()
    .click();
  await expect(page.getByText(words('erasures.state.waiting'), { exact: true }).first()).toBeVisible();

  // Lifted, it is due again.
  await page.goto('/retention');
  await holds.getByRole('button', { name: words('retention.lift'), exact: true }).click();
  await page
    .getByRole('dialog')
    .getByRole('button', { name: words('retention.lift'), exact: true })
    .dblclick();
  await expect(holds.getByText(words('retention.holds.empty'))).toBeVisible();
  await expect(due.getByText(held, { exact: true })).toBeVisible();

  await page.context().clearCookies();
  await signIn(page, words, rep);
  await page.goto('/retention');
  await expect(page.getByRole('heading', { level: 2 })).toHaveCount(1);
  await expect(frame).toHaveCount(0);
  await expect(due).toHaveCount(0);
});
