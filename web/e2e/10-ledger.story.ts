/** Step 10: the browser verifies the log by itself, proves an entry, and is a witness that cannot be talked out of it. */
import type { Page } from '@playwright/test';
import { type Demo, eachOnce, expect, fits, type Person, people, signIn, sound, test } from './demo';

const auditor = (demo: Demo) => people(demo, /audit/)[0] as Person;

test('the auditor verifies the log in the browser, then proves one entry', async ({
  page,
  demo,
  words,
  wide,
}) => {
  await signIn(page, words, auditor(demo));
  await page.goto('/ledger');
  await page.getByRole('radio', { name: words('ledger.depth.all'), exact: true }).check();
  await page.getByRole('button', { name: words('ledger.verify') }).click();
  await expect(page.getByText(words('ledger.ok'))).toBeVisible({ timeout: 30_000 });
  await sound(page);
  // The second time it has something to continue.
  await page.getByRole('button', { name: words('ledger.again') }).click();
  await expect(page.getByText(words('ledger.ok'))).toBeVisible({ timeout: 30_000 });

  const first = wide
    ? page.locator('tbody tr button').first()
    : page.getByRole('listitem').getByRole('button');
  await first.first().click();
  const sheet = page.getByRole('dialog');
  await sheet.getByRole('button', { name: words('ledger.prove') }).click();
  await expect(sheet.getByText(/^已在此浏览器证明|^Proved in this browser/)).toBeVisible();
  await sound(page);
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    sheet.getByRole('button', { name: words('ledger.proof.save') }).click(),
  ]);
  expect(file.suggestedFilename()).toMatch(/^entry-\d+\.tlog-proof$/);
  await page.keyboard.press('Escape');

  await page.getByLabel(words('ledger.filter.action')).selectOption('session.open');
  await expect(page).toHaveURL(/action=session\.open/);
  await fits(page);
});

test('a rep checks signature and continuity, and sees no entry', async ({ page, words, rep }, info) => {
  eachOnce(info.project.name);
  await signIn(page, words, rep);
  await page.goto('/ledger');
  await expect(page.getByText(words('ledger.entries.forbidden'), { exact: true })).toBeVisible();
  await page.getByRole('button', { name: words('ledger.verify') }).click();
  await expect(page.getByText(words('ledger.ok'))).toBeVisible({ timeout: 30_000 });
});

/** Turns one bit of what the server answers under a path. */
async function tamper(page: Page, path: RegExp, at: (length: number) => number): Promise<void> {
  await page.route(path, async (route) => {
    const answer = await route.fetch();
    const body = await answer.body();
    const place = at(body.length);
    body[place] = (body[place] as number) ^ 1;
    await route.fulfill({ response: answer, body });
  });
}

test('a changed entry is named', async ({ page, demo, words }, info) => {
  eachOnce(info.project.name);
  await signIn(page, words, auditor(demo));
  await page.goto('/ledger');
  await page.getByRole('radio', { name: words('ledger.depth.all'), exact: true }).check();
  await tamper(page, /ledger\/tile\/entries\/000/, () => 40);
  await page.getByRole('button', { name: words('ledger.verify') }).click();
  const alarm = page.getByRole('alert');
  await expect(alarm).toContainText(words('ledger.fault.entry'));
  await expect(alarm).toContainText(words('ledger.bad.entry', { place: '0' }));
  await sound(page);
});

test('a second check says what it continues, and names the place of a changed hash', async ({
  page,
  demo,
  words,
}) => {
  await signIn(page, words, auditor(demo));
  await page.goto('/ledger');
  await page.getByRole('button', { name: words('ledger.verify') }).click();
  await expect(page.getByText(words('ledger.ok'))).toBeVisible({ timeout: 30_000 });
  // A head is signed every five seconds at most; until the next one there is nothing to continue.
  await expect(async () => {
    await page.getByRole('button', { name: words('ledger.again') }).click();
    await expect(page.getByText(words('ledger.ok'))).toBeVisible();
    await expect(page.getByText(/从第 \d+ 条延续|continues the \d+ entries/)).toBeVisible({ timeout: 1_000 });
  }).toPass({ timeout: 30_000 });
  // The third hash of the first tile: while the tile is young the entry tells, once it is full the tile above does.
  await tamper(page, /ledger\/tile\/0\/000(\.p\/\d+)?$/, () => 64);
  await page.getByRole('button', { name: words('ledger.again') }).click();
  const alarm = page.getByRole('alert');
  const entry = alarm.getByText(words('ledger.bad.entry', { place: '2' }));
  await expect(entry.or(alarm.getByText('tile/0/000')).first()).toBeVisible();
});

test('a log that does not continue is an alarm over the page, and stays one', async ({
  page,
  words,
  rep,
}, info) => {
  eachOnce(info.project.name);
  await signIn(page, words, rep);
  await page.goto('/');
  // The app has been started once: this browser has a head. Its history is then another.
  const kept = () => page.evaluate(() => localStorage.getItem('kedun.ledger'));
  await expect.poll(kept, { timeout: 15_000 }).toBeTruthy();
  // Somebody comes between who answers that the log has fewer entries than this phone saw: an older head of the same key.
  const older = JSON.parse((await kept()) ?? '{}').note as string;
  await page.request.get('/api/v1/today');
  await expect
    .poll(async () => (await page.request.get('/api/v1/ledger/checkpoint')).text(), { timeout: 15_000 })
    .not.toBe(older);
  await page.reload();
  await expect
    .poll(async () => JSON.parse((await kept()) ?? '{}').note !== older, { timeout: 15_000 })
    .toBe(true);
  await page.route('**/api/v1/ledger/checkpoint', (route) =>
    route.fulfill({ contentType: 'text/plain; charset=utf-8', body: older }),
  );
  await page.reload();
  const alarm = page.getByRole('dialog', { name: words('ledger.alarm') });
  await expect(alarm).toBeVisible({ timeout: 15_000 });
  await expect(alarm).toContainText(words('ledger.fault.shrunk'));
  await sound(page);
  const [evidence] = await Promise.all([
    page.waitForEvent('download'),
    alarm.getByRole('button', { name: words('ledger.evidence') }).click(),
  ]);
  expect(evidence.suggestedFilename()).toMatch(/^ledger-evidence-.*\.json$/);
  await alarm.getByRole('button', { name: words('ledger.alarm.later') }).click();
  await expect(alarm).toBeHidden();

  // An honest answer afterwards does not take it back; somebody who found out why does.
  await page.unrouteAll();
  await page.reload();
  await expect(alarm).toBeVisible({ timeout: 15_000 });
  const anew = alarm.getByRole('button', { name: words('ledger.alarm.anew') });
  await expect(anew).toBeDisabled();
  await alarm.getByLabel(words('ledger.alarm.checked')).check();
  await anew.click();
  await page.reload();
  await expect.poll(kept, { timeout: 15_000 }).toBeTruthy();
  await expect(alarm).toBeHidden();
});
