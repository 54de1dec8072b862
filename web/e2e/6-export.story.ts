/** Step 6: an export takes a purpose; small and masked it is there at once, clear it waits for somebody else. */
import { readFile } from 'node:fs/promises';
import type { Browser, Page } from '@playwright/test';
import { eachOnce, expect, type Person, signIn, sound, test } from './demo';

type Words = Parameters<typeof signIn>[1];

/** More of these than may leave without a second pair of eyes; of the second, few enough. */
const all = '/records/customer?view=mine';
const few = `${all}&f=${encodeURIComponent(
  JSON.stringify({ match: 'all', conditions: [{ field: 'level', op: 'in', value: ['A'] }] }),
)}`;

/** Asks for what a list shows. */
async function ask(page: Page, words: Words, list: string, clear: boolean): Promise<void> {
  await page.goto(list);
  await page.getByRole('button', { name: words('action.export') }).click();
  const sheet = page.getByRole('dialog');
  await expect(sheet.getByText(words('export.note'))).toBeVisible();
  if (clear) await sheet.getByLabel(words('export.clear')).check();
  await sheet.getByRole('button', { name: words('export.ask'), exact: true }).click();
  await expect(sheet).toBeHidden();
  await page.goto('/exports');
}

const newest = (page: Page) => page.getByRole('main').getByRole('listitem').first();

/** The manager, in a browser of their own, at the newest request. */
async function atRequest(
  browser: Browser,
  url: string,
  page: Page,
  words: Words,
  manager: Person,
  locale: string,
) {
  const context = await browser.newContext({ baseURL: url, locale, viewport: page.viewportSize() });
  const desk = await context.newPage();
  await signIn(desk, words, manager);
  await desk.goto('/approvals');
  await desk.getByRole('main').getByRole('listitem').getByRole('button').first().click();
  await expect(desk.getByRole('dialog')).toContainText(words('path.asked'));
  return { context, desk };
}

test('a masked list is there at once and each download counts', async ({ page, words, rep }) => {
  await signIn(page, words, rep);
  await page.goto(few);
  await page.getByRole('button', { name: words('action.export') }).click();
  await page.keyboard.press('Escape');
  await ask(page, words, few, false);
  await expect(newest(page)).toContainText(words('export.state.ready'), { timeout: 20_000 });
  await sound(page);
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    newest(page)
      .getByRole('link', { name: words('exports.download') })
      .click(),
  ]);
  expect(download.suggestedFilename()).toMatch(/^(客户|Customer)-\d{4}-\d\d-\d\d-EX-[0-9A-F]{8}\.xlsx$/);
  expect((await readFile(await download.path())).subarray(0, 2).toString()).toBe('PK');
  await expect(newest(page)).toContainText(words('exports.downloads', { n: 1 }), { timeout: 10_000 });
});

test('clear values wait for the manager, who approves what is shown', async ({
  page,
  browser,
  demo,
  words,
  rep,
  manager,
  locale,
}) => {
  await signIn(page, words, rep);
  await ask(page, words, few, true);
  await expect(newest(page)).toContainText(words('export.state.waiting'));
  const number = (await newest(page).innerText()).match(/EX-[0-9A-F]{8}/)?.[0] ?? 'no number';
  const { context, desk } = await atRequest(browser, demo.url, page, words, manager, locale ?? 'zh-CN');
  const sheet = desk.getByRole('dialog');
  await expect(sheet).toContainText(rep.name);
  await expect(sheet).toContainText(number);
  await expect(sheet).toContainText(words('export.purpose.visit_plan'));
  await sound(desk);
  await sheet.getByRole('button', { name: words('action.approve'), exact: true }).click();
  await expect(sheet).toBeHidden();
  await context.close();
  // Without a reload: the server says that something changed.
  await expect(newest(page)).toContainText(words('export.state.ready'), { timeout: 20_000 });
});

test('a rejection says why', async ({ page, browser, demo, words, rep, manager, locale }, info) => {
  eachOnce(info.project.name);
  await signIn(page, words, rep);
  await ask(page, words, few, true);
  const { context, desk } = await atRequest(browser, demo.url, page, words, manager, locale ?? 'zh-CN');
  const sheet = desk.getByRole('dialog');
  // Not without a reason.
  await sheet.getByRole('button', { name: words('action.reject'), exact: true }).click();
  await expect(sheet.getByRole('alert')).toBeInViewport();
  await expect(sheet.getByLabel(words('approvals.comment'))).toBeFocused();
  await sheet.getByLabel(words('approvals.comment')).fill('masked is enough');
  await sheet.getByRole('button', { name: words('action.reject'), exact: true }).click();
  await expect(sheet).toBeHidden();
  await context.close();
  await expect(newest(page)).toContainText(words('export.state.rejected'), { timeout: 10_000 });
  await expect(newest(page)).toContainText('masked is enough');
});

test('more than a few rows wait even masked, and what waits can be taken back', async ({
  page,
  words,
  rep,
}, info) => {
  eachOnce(info.project.name);
  await signIn(page, words, rep);
  await ask(page, words, all, false);
  await expect(newest(page)).toContainText(words('export.state.waiting'));
  await newest(page)
    .getByRole('button', { name: words('exports.cancel') })
    .click();
  await expect(newest(page)).toContainText(words('export.state.cancelled'));
  await expect(newest(page).getByRole('button')).toHaveCount(0);
});
