/** Step 3: find, log in three taps, plan, edit against somebody faster. */
import { expect, openFirst, rows, signIn, sound, test } from './demo';

test('the list remembers its view and filters', async ({ page, words, rep, wide }) => {
  await signIn(page, words, rep);
  await page.goto('/records/customer');
  await rows(page, wide).first().waitFor();
  await sound(page);
  await page.getByRole('tab').last().click();
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

test('a call is logged in three taps', async ({ page, words, rep, wide }) => {
  await signIn(page, words, rep);
  await openFirst(page, words, wide);
  await sound(page);
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
  await entry.getByRole('button', { name: words('action.complete') }).click();
  const finish = page.getByRole('dialog', { name: words('plan.complete') });
  await finish.getByLabel(words('followup.text')).fill('样机已送到');
  await finish.getByRole('button', { name: words('save'), exact: true }).click();
  await expect(entry.getByText(words('plan.done'))).toBeVisible();
});

test('two people edit one field, and nobody loses', async ({ page, words, rep, wide }) => {
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
  await page.keyboard.press('Escape');
  await expect(page).not.toHaveURL(/open=/);
  await page.keyboard.press('/');
  await expect(page.getByRole('searchbox')).toBeFocused();
});
