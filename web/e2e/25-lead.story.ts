/** What a lead agreed to is on record like a customer's: shown, proved, taken back. */
import { apiAs, collect, digits, eachOnce, expect, fits, ours, signIn, sound, test } from './demo';

test('a lead is taken down with a basis, and what they agreed to is shown, proved and taken back', async ({
  page,
  words,
  rep,
}, info) => {
  eachOnce(info.project.name);
  await signIn(page, words, rep);
  await page.goto('/new/lead');
  const company = `线索诊所${digits()}`;
  await page.locator('#field-company').fill(company);
  await page.locator('#field-name').fill('林若琳');
  await page.locator('#field-phone').fill(`137${digits()}`);
  const save = page.getByRole('button', { name: words('save'), exact: true });
  // Without their word nothing is sent to stay, and nothing that was typed is lost.
  const refused = page.waitForResponse((reply) => reply.url().endsWith('/objects/lead/records'));
  await save.click();
  expect((await refused).status()).toBe(422);
  await expect(page.locator('#field-company')).toHaveValue(company);
  await page.getByRole('checkbox', { name: words('notice.agreed') }).check();
  await save.click();
  await expect(page.getByRole('heading', { level: 1, name: company })).toBeVisible();

  await page.getByRole('tab', { name: words('desk.consents') }).click();
  const panel = page.getByRole('tabpanel');
  await expect(panel.getByText(words('consent.kind.collect'))).toBeVisible();
  await expect(panel.getByText(words('consents.given'), { exact: true })).toBeVisible();
  // A lead has no page of their own and no register of requests.
  await expect(panel.getByText(words('desk.requests'))).toHaveCount(0);
  await expect(panel.getByText(words('desk.links'))).toHaveCount(0);
  await sound(page);
  await fits(page);

  await panel.getByRole('button', { name: words('desk.receipt') }).click();
  const sheet = page.getByRole('dialog');
  await expect(sheet.getByText(words('proof.valid'))).toBeVisible();
  await sheet.getByRole('button', { name: words('close'), exact: true }).click();

  await panel.getByRole('button', { name: words('desk.withdraw') }).click();
  await sheet.getByRole('button', { name: words('desk.withdraw'), exact: true }).click();
  await expect(panel.getByText(words('consents.withdrawn'), { exact: true })).toBeVisible();
  await expect(panel.getByRole('button', { name: words('desk.withdraw') })).toHaveCount(0);
});

test('a lead becomes a customer with a contact and a deal, and its word goes with it', async ({
  page,
  words,
  rep,
}, info) => {
  eachOnce(info.project.name);
  await signIn(page, words, rep);
  const company = `转换诊所${digits()}`;
  const notice = await (await page.request.get('/api/v1/notices/sales_contact')).json();
  const made = await page.request.post('/api/v1/objects/lead/records', {
    headers: ours,
    data: {
      fields: { company, name: '林若琳', phone: `137${digits()}` },
      intake: {
        notice: { id: notice.id, version: notice.version },
        purpose: 'sales_contact',
        basis: 'consent',
        channel: 'phone',
        consents: [{ kind: 'collect', given: true }],
      },
    },
  });
  const lead = await made.json();
  await page.goto(`/records/lead/${lead.id}`);
  const word = words('save') === 'Save' ? 'customer' : '客户';
  const convert = page.getByRole('button', { name: words('convert.run', { object: word }), exact: true });
  await convert.click();
  const sheet = page.getByRole('dialog');
  const title = sheet.locator('[id="field-fields.name"]');
  await expect(title).toHaveValue(company);
  // What is wrong stays in the form, with its place named.
  await sheet.getByRole('checkbox').last().check();
  await sheet.getByRole('button', { name: words('convert.run', { object: word }), exact: true }).click();
  const deal = sheet.locator('[id="field-also.opportunity.name"]');
  await expect(deal).toBeFocused();
  await deal.fill('彩超一台');
  // Somebody else writes to the lead meanwhile: that is said, and what was typed and ticked stays.
  const called = `${company}（城南）`;
  await title.fill(called);
  const changed = await page.request.patch(`/api/v1/objects/lead/records/${lead.id}`, {
    data: { fields: { name: '林若琳医生' } },
    headers: ours,
  });
  expect(changed.status()).toBe(200);
  const seen = page.waitForResponse((reply) => reply.url().endsWith(`/conversions`));
  await sheet.getByRole('button', { name: words('convert.run', { object: word }), exact: true }).click();
  expect((await seen).status()).toBe(409);
  await expect(sheet.getByRole('alert')).toBeVisible();
  await expect(title).toHaveValue(called);
  await expect(deal).toHaveValue('彩超一台');
  await sheet.getByRole('button', { name: words('convert.run', { object: word }), exact: true }).click();

  await expect(page).toHaveURL(/\/records\/customer\//);
  await expect(page.getByRole('heading', { level: 1, name: called })).toBeVisible();
  await page.getByRole('tab', { name: words('desk.tab') }).click();
  const panel = page.getByRole('tabpanel');
  await expect(panel.getByText(words('consent.kind.collect'))).toBeVisible();
  await expect(panel.getByText(words('consents.given'), { exact: true })).toBeVisible();
  // The lead says what it became, and offers it no more.
  await page.goBack();
  await expect(page.locator('header').getByRole('link', { name: called })).toBeVisible();
  await expect(convert).toHaveCount(0);
});

test('what belongs to an opportunity is listed there and begun from there, and a contact has no list of what names it', async ({
  page,
  words,
  rep,
  demo,
  english,
}, info) => {
  eachOnce(info.project.name);
  const api = await apiAs(demo, rep);
  const customer = await collect(api, { name: `成单诊所${digits()}` });
  const deal = await api('POST', '/objects/opportunity/records', {
    fields: { customer: { id: customer.id }, name: `彩超${digits()}`, stage: 'discovery', amount: 1_000_000 },
  });
  expect(deal.status, JSON.stringify(deal.body)).toBe(201);
  const contact = await api('POST', '/objects/contact/records', {
    fields: { customer: { id: customer.id }, name: '林若琳' },
  });
  expect(contact.status, JSON.stringify(contact.body)).toBe(201);
  await signIn(page, words, rep);
  const tab = (zh: string, en: string) => page.getByRole('tab', { name: english ? en : zh, exact: true });

  await page.goto(`/records/contact/${contact.body.id}`);
  await page.getByRole('tab', { name: words('tab.data') }).waitFor();
  await expect(tab('商机', 'Opportunities')).toHaveCount(0);

  await page.goto(`/records/opportunity/${deal.body.id}`);
  await tab('合同', 'Contracts').click();
  await page.getByRole('tabpanel').getByRole('button').click();
  await expect(page).toHaveURL(/\/new\/contract/);
  await expect(page.locator('form').getByText(deal.body.title)).toBeVisible();
  await expect(page.locator('form').getByText(customer.title)).toBeVisible();
  await sound(page);
});
