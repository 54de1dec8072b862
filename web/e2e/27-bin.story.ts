/** What was deleted lies in a place of its own, and comes back from there; who may not take it out has no such place. */
import { apiAs, collect, demoPerson, digits, expect, signIn, sound, test } from './demo';

test('a customer that was deleted is found in the recycle bin and put back', async ({
  page,
  words,
  rep,
  demo,
  wide,
}) => {
  const api = await apiAs(demo, rep);
  const title = `误删诊所${digits()}`;
  const customer = await collect(api, { name: title });
  await signIn(page, words, rep);
  await page.goto(`/records/customer/${customer.id}`);
  await page.getByRole('button', { name: words('more'), exact: true }).click();
  await page.getByRole('button', { name: words('action.delete'), exact: true }).click();
  const sheet = page.getByRole('dialog');
  await sheet.getByRole('button', { name: words('action.delete'), exact: true }).click();
  // Who closes the message, or looks away, has lost nothing.
  await expect(page.getByText(words('delete.done', { title }))).toBeVisible();
  await page.getByRole('button', { name: words('toast.dismiss'), exact: true }).click();

  await page.goto('/records/customer');
  await page.getByRole('tab', { name: words('bin.title') }).click();
  await expect(page).toHaveURL(/view=bin/);
  const row = page.getByRole('tabpanel').getByRole('listitem').filter({ hasText: title });
  await expect(row).toContainText(rep.name);
  // Nothing else can be done with it, and no page is behind it.
  await expect(row.getByRole('link')).toHaveCount(0);
  await expect(row.getByRole('button')).toHaveCount(1);
  await sound(page);
  await row.getByRole('button').click();
  await expect(row).toHaveCount(0);
  await page
    .getByRole('status')
    .filter({ hasText: words('bin.restored', { title }) })
    .getByRole('button', { name: words('bin.open'), exact: true })
    .click();
  await expect(page.getByRole('heading', { level: 1, name: title })).toBeVisible();

  await page.goto('/records/customer?view=mine');
  const list = page.getByRole('tabpanel');
  await expect(
    (wide ? list.getByRole('row') : list.getByRole('listitem')).filter({ hasText: title }),
  ).toHaveCount(1);
});

test('who was taken down anew meanwhile stays in the bin, and why is said beside it', async ({
  page,
  words,
  rep,
  demo,
}) => {
  const api = await apiAs(demo, rep);
  const phone = `135${digits()}`;
  const title = `重登诊所${digits()}`;
  const before = await collect(api, { name: title, phone });
  expect((await api('DELETE', `/objects/customer/records/${before.id}`)).status).toBe(204);
  await collect(api, { name: `${title}（新）`, phone });
  await signIn(page, words, rep);
  await page.goto('/records/customer?view=bin');
  const row = page.getByRole('tabpanel').getByRole('listitem').filter({ hasText: title });
  await row.getByRole('button').click();
  await expect(row.getByRole('alert')).not.toBeEmpty();
  await expect(row.getByRole('button')).toBeEnabled();
});

test('who may restore nothing has no recycle bin, whatever the address says', async ({
  page,
  words,
  demo,
}) => {
  await signIn(page, words, demoPerson(demo, 'intern'));
  await page.goto('/records/customer?view=bin');
  await expect(page.getByRole('tab').first()).toBeVisible();
  await expect(page.getByRole('tab', { name: words('bin.title') })).toHaveCount(0);
  await expect(page.getByRole('tab', { selected: true })).toHaveCount(1);
});
