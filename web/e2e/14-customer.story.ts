/** Step 10, the customer: a page of their own without an account, and the desk that answers what they ask for. */
import type { Browser, Page } from '@playwright/test';
import { apiAs, collect, digits, eachOnce, expect, people, signIn, sound, test } from './demo';

type Words = Parameters<typeof signIn>[1];
const NAME = '海棠社区医院';

/** A browser of somebody else's: no cookie, no session. */
async function elsewhere(browser: Browser, url: string, page: Page, locale: string): Promise<Page> {
  const context = await browser.newContext({ baseURL: url, locale, viewport: page.viewportSize() });
  const other = await context.newPage();
  await other.addInitScript((code) => {
    if (!localStorage.getItem('kedun.language')) localStorage.setItem('kedun.language', code);
  }, locale);
  return other;
}

/** The rep makes the link on the record and reads the two secrets from the sheet. */
async function sendLink(page: Page, words: Words, id: string): Promise<{ url: string; code: string }> {
  await page.goto(`/records/customer/${id}`);
  await page.getByRole('tab', { name: words('desk.tab') }).click();
  await sound(page);
  const send = page.getByRole('button', { name: words('desk.links.make') });
  await send.first().click();
  const sheet = page.getByRole('dialog');
  await sheet.getByRole('button', { name: words('desk.links.make') }).click();
  const url = await sheet.getByLabel(words('desk.links.url'), { exact: true }).inputValue();
  const code = (await sheet.locator('output').innerText()).replace(/\D/g, '');
  // An address without TLS has no clipboard: that is said, where the sheet does not cover it.
  await page.evaluate(() => Object.defineProperty(navigator, 'clipboard', { value: undefined }));
  await sheet.getByRole('button', { name: words('desk.links.copy') }).click();
  await expect(sheet.getByText(words('copy.by_hand'))).toBeVisible();
  expect(url).toMatch(/\/p#kdl_[\w-]{43}$/);
  expect(code).toMatch(/^\d{6}$/);
  await sound(page);
  await sheet.getByRole('button', { name: words('done') }).click();
  await expect(page.getByText(words('desk.links.live')).first()).toBeVisible();
  return { url, code };
}

test('a customer reads, verifies, withdraws and asks without an account', async ({
  page,
  browser,
  demo,
  words,
  rep,
  locale,
}) => {
  const api = await apiAs(demo, rep);
  const last = digits();
  const customer = await collect(api, { name: `${NAME}${last}`, phone: `138${last}` });
  await signIn(page, words, rep);
  const { url, code } = await sendLink(page, words, customer.id);

  const mine = await elsewhere(browser, demo.url, page, locale ?? 'zh-CN');
  const sessions: string[] = [];
  mine.on('request', (request) => {
    if (request.url().includes('/api/') && !request.url().includes('/public/')) sessions.push(request.url());
    expect(request.url()).not.toContain('kdl_');
  });
  await mine.goto(url);
  await expect(mine.getByRole('heading', { name: words('public.title') })).toBeVisible();
  await expect(mine.getByText(words('public.in_force'), { exact: true })).toBeVisible();
  expect(await mine.locator('body').innerText()).not.toContain(NAME);
  await sound(mine);
  // The receipt is checked here, by this browser.
  await mine.getByRole('button', { name: words('public.receipt') }).click();
  await expect(mine.getByText(words('proof.valid'))).toBeVisible();
  await sound(mine);
  await mine.keyboard.press('Escape');
  // A wrong digit is told apart from nothing, and costs a try.
  await mine.getByRole('button', { name: words('public.ask.copy') }).click();
  const sheet = mine.getByRole('dialog');
  const wrong = last.endsWith('0') ? '1111' : '0000';
  await sheet.getByLabel(words('public.check.digits')).fill(wrong);
  await sheet.getByLabel(words('public.check.code')).fill(code);
  await sheet.getByRole('button', { name: words('public.ask.send') }).click();
  await expect(sheet.getByText(words('public.check.left', { n: 4 })).first()).toBeVisible();
  await sound(mine);
  await sheet.getByLabel(words('public.check.digits')).fill(last.slice(-4));
  await sheet.getByRole('button', { name: words('public.ask.send') }).click();
  await expect(sheet).toBeHidden();
  await expect(mine.getByText(words('rights.state.open'))).toBeVisible();
  // Long words outlive a tap beside the sheet.
  const complain = mine.getByRole('button', { name: new RegExp(words('public.ask.complaint')) });
  await complain.click();
  await sheet.getByRole('textbox').fill('打了三次电话，都没有人回。');
  await mine.keyboard.press('Escape');
  await expect(sheet).toHaveCount(0);
  await complain.click();
  await expect(sheet.getByRole('textbox')).toHaveValue('打了三次电话，都没有人回。');
  await mine.keyboard.press('Escape');
  // And a change of language, by who finds the other one easier.
  const asks = mine.locator('section[aria-labelledby=public-ask] li button');
  const speak = (name: string) => mine.getByRole('radio', { name }).click();
  await speak(locale === 'en' ? '简体中文' : 'English');
  await expect(complain).toHaveCount(0);
  await asks.last().click();
  await expect(sheet.getByRole('textbox')).toHaveValue('打了三次电话，都没有人回。');
  await mine.keyboard.press('Escape');
  await speak(locale === 'en' ? 'English' : '简体中文');
  await expect(complain).toBeVisible();
  // Two taps withdraw, at once; what could not be sent is said in the sheet.
  await mine.getByRole('button', { name: words('public.withdraw'), exact: true }).click();
  const yes = mine.getByRole('dialog').getByRole('button', { name: words('public.withdraw.yes') });
  await mine.context().setOffline(true);
  await yes.click();
  await expect(mine.getByRole('dialog').getByRole('alert')).toHaveText(words('problem.offline'));
  await mine.context().setOffline(false);
  await yes.click();
  await expect(mine.getByRole('button', { name: words('public.withdraw'), exact: true })).toBeHidden();
  await mine.reload();
  await expect(mine.getByText(words('rights.kind.withdrawal'), { exact: true })).toBeVisible();
  // Nothing of the app behind the sign-in was asked for.
  expect(sessions).toEqual([]);

  // The desk answers; the customer fetches the copy.
  const desk = await elsewhere(browser, demo.url, page, locale ?? 'zh-CN');
  const lawyer = people(demo, /legal|法务/i)[0];
  if (!lawyer) throw new Error('nobody answers');
  await signIn(desk, words, lawyer);
  await desk.goto('/rights');
  await sound(desk);
  await desk
    .getByRole('listitem')
    .filter({ hasText: words('rights.kind.copy') })
    .last()
    .getByRole('link')
    .click();
  await expect(desk.getByText(`${NAME}${last}`)).toBeVisible();
  await sound(desk);
  await desk.getByRole('button', { name: words('rights.act.answer.copy') }).click();
  await desk
    .getByRole('dialog')
    .getByRole('button', { name: words('rights.act.answer.copy') })
    .click();
  // The code of the copy is told by who answered, on a call to the number on file.
  const told = desk.getByRole('dialog', { name: words('rights.code') });
  const pickup = (await told.locator('output').innerText()).replace(/\D/g, '');
  expect(pickup).toMatch(/^\d{6}$/);
  await sound(desk);
  await told.getByRole('button', { name: words('done') }).click();
  await expect(desk.getByText(words('rights.state.answered')).first()).toBeVisible();
  await desk.getByRole('button', { name: words('rights.call.show') }).click();
  await expect(desk.getByRole('link', { name: last })).toBeVisible();
  await sound(desk);

  await mine.reload();
  await mine.getByRole('button', { name: words('public.read') }).click();
  const answer = mine.getByRole('dialog');
  await answer.getByLabel(words('public.check.digits')).fill(last.slice(-4));
  await answer.getByLabel(words('public.check.code')).fill(code);
  await answer.getByRole('button', { name: words('public.read.open') }).click();
  // The code that came with the link opens no file.
  await answer.getByLabel(words('public.check.copy_code')).fill(code);
  await answer.getByRole('button', { name: /\.zip/ }).click();
  if (code !== pickup) await expect(answer.getByRole('alert')).toBeVisible();
  await answer.getByLabel(words('public.check.copy_code')).fill(pickup);
  const [download] = await Promise.all([
    mine.waitForEvent('download'),
    answer.getByRole('button', { name: /\.zip/ }).click(),
  ]);
  expect(download.suggestedFilename()).toMatch(/^个人信息副本-RR-[0-9A-F]{8}\.zip$/);
});

test('a link that was taken back opens nothing', async ({ page, browser, demo, words, rep, locale }) => {
  const api = await apiAs(demo, rep);
  const customer = await collect(api, { name: `${NAME}${digits()}` });
  await signIn(page, words, rep);
  const { url } = await sendLink(page, words, customer.id);
  await page.getByRole('button', { name: words('desk.links.end') }).click();
  await expect(page.getByText(words('desk.links.ended')).first()).toBeVisible();
  const mine = await elsewhere(browser, demo.url, page, locale ?? 'zh-CN');
  await mine.goto(url);
  await expect(mine.getByText(words('public.wrong'))).toBeVisible();
  // The notices are for everybody.
  await expect(mine.getByRole('heading', { name: words('public.notices') })).toBeVisible();
  await sound(mine);
});

test('a correction is written when who is in charge says so', async ({
  page,
  browser,
  demo,
  words,
  rep,
  locale,
}) => {
  const api = await apiAs(demo, rep);
  const customer = await collect(api, { name: `${NAME}${digits()}` });
  const at = `/objects/customer/records/${customer.id}`;
  const asked = await api('POST', `${at}/rights_requests`, {
    kind: 'correction',
    channel: 'phone',
    text: words('desk.register.what'),
  });
  const desk = await elsewhere(browser, demo.url, page, locale ?? 'zh-CN');
  const lawyer = people(demo, /legal|法务/i)[0];
  if (!lawyer) throw new Error('nobody answers');
  await signIn(desk, words, lawyer);
  await desk.goto(`/rights/${asked.body.id}`);
  await desk.getByRole('button', { name: words('rights.act.identify') }).click();
  await sound(desk);
  await desk
    .getByRole('dialog')
    .getByRole('button', { name: words('rights.act.identify') })
    .click();
  await desk.getByRole('button', { name: words('rights.act.propose') }).click();
  const sheet = desk.getByRole('dialog');
  await sheet.getByLabel(words('rights.act.propose.field')).selectOption('email');
  await sheet.getByLabel(words('rights.act.propose.value')).fill('new@hospital.example');
  await sound(desk);
  await sheet.getByRole('button', { name: words('rights.act.propose') }).click();
  await expect(desk.getByText(words('rights.state.proposed'))).toBeVisible();

  await signIn(page, words, rep);
  await page.goto(`/rights/${asked.body.id}`);
  await expect(page.getByText('new@hospital.example')).toBeVisible();
  await page.getByRole('button', { name: words('rights.act.decide') }).click();
  await page
    .getByRole('dialog')
    .getByRole('button', { name: words('rights.act.approve') })
    .click();
  // The word stands in the path of the request before it is reached: what counts is that the sheet is gone.
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await expect(page.getByText(words('rights.state.answered')).first()).toBeVisible();
  await expect
    .poll(async () => JSON.stringify((await api('GET', at)).body.fields))
    .toContain('@hospital.example');
});

test('who answers writes down what a customer takes back and asks for, without the right to edit', async ({
  page,
  demo,
  words,
  rep,
}, info) => {
  eachOnce(info.project.name);
  const api = await apiAs(demo, rep);
  const customer = await collect(api, { name: `${NAME}${digits()}`, phone: `138${digits()}` });
  // Through this complaint, which is the lawyer's now, they may see the customer and change nothing of it.
  const complaint = await api('POST', '/objects/complaint/records', {
    fields: {
      customer: { id: customer.id },
      title: '反复来电',
      category: 'harassment',
      received_at: new Date().toISOString(),
      content: '请不要再打电话。',
    },
  });
  expect(complaint.status, JSON.stringify(complaint.body)).toBe(201);
  const lawyer = people(demo, /legal|法务/i)[0];
  if (!lawyer) throw new Error('nobody answers');
  const to = (await (await apiAs(demo, lawyer))('GET', '/me')).body.person.id;
  const given = await api('POST', `/objects/complaint/records/${complaint.body.id}/transfers`, {
    to,
    reason: '法务处理',
  });
  expect(given.status, JSON.stringify(given.body)).toBeLessThan(300);
  await signIn(page, words, lawyer);
  await page.goto(`/records/customer/${customer.id}`);
  await page.getByRole('tab', { name: words('desk.tab') }).click();
  const panel = page.getByRole('tabpanel');
  await expect(panel.getByRole('button', { name: words('desk.register'), exact: true })).toBeVisible();
  await expect(panel.getByRole('button', { name: words('desk.consents.add'), exact: true })).toHaveCount(0);
  await panel.getByRole('button', { name: words('desk.withdraw') }).click();
  await page
    .getByRole('dialog')
    .getByRole('button', { name: words('desk.withdraw'), exact: true })
    .click();
  await expect(panel.getByText(words('consents.withdrawn'), { exact: true })).toBeVisible();
  await sound(page);

  // The number on file goes with the window that it was shown in.
  const { body } = await api('POST', `/objects/customer/records/${customer.id}/rights_requests`, {
    kind: 'correction',
    channel: 'phone',
    text: words('desk.register.what'),
  });
  await page.goto(`/rights/${body.id}`);
  const show = page.getByRole('button', { name: words('rights.call.show') });
  await show.click();
  const number = page.locator('a[href^="tel:"]');
  await expect(number).toBeVisible();
  await page.evaluate(() => dispatchEvent(new Event('blur')));
  await expect(number).toHaveCount(0);
  await expect(show).toBeVisible();
});

test('a tick that was given under one notice does not stand under another', async ({
  page,
  demo,
  words,
  rep,
}, info) => {
  eachOnce(info.project.name);
  const customer = await collect(await apiAs(demo, rep), { name: `${NAME}${digits()}` });
  await signIn(page, words, rep);
  await page.goto(`/records/customer/${customer.id}`);
  await page.getByRole('tab', { name: words('desk.tab') }).click();
  await page.getByRole('button', { name: words('desk.consents.add'), exact: true }).click();
  const sheet = page.getByRole('dialog');
  const tick = sheet.getByRole('checkbox', { name: words('consent.kind.collect'), exact: true });
  await tick.check();
  await sheet.getByLabel(words('desk.consents.purpose')).selectOption('after_sales_service');
  await expect(tick).toBeEnabled();
  await expect(tick).not.toBeChecked();
  await tick.check();
  await sheet.getByRole('button', { name: words('desk.consents.add'), exact: true }).click();
  await expect(sheet).toHaveCount(0);
  await expect(page.getByText(words('desk.purpose.after_sales_service')).first()).toBeVisible();
});
