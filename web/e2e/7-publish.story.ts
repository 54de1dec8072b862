/** A field that is published through the API is there at once, and for nobody until it is granted. */
import { apiAs, digits, eachOnce, expect, people, signIn, sound, test } from './demo';

test('a new field appears in form, list, filter and record once it is granted', async ({
  page,
  words,
  demo,
  rep,
  wide,
}, info) => {
  eachOnce(info.project.name);
  const [system, security] = [people(demo, /system/)[0], people(demo, /security/)[0]];
  if (!system || !security) throw new Error('no administrators');
  const designer = await apiAs(demo, system);
  const name = `ward_count_${digits()}`;
  const label = { zh: `病区数${name.slice(-4)}`, en: `Wards ${name.slice(-4)}` };
  const shown = words('save') === 'Save' ? label.en : label.zh;

  const object = (await designer('GET', '/definitions/object/customer')).body;
  const body = structuredClone(object.body);
  const number = Math.max(...body.fields.map((field: { id: string }) => Number(field.id.slice(1)))) + 1;
  const field = {
    id: `f${number}`,
    name,
    label,
    kind: 'integer',
    class: 'L1',
    filterable: true,
    sortable: true,
  };
  body.fields.push(field);
  for (const form of body.forms) form.fields.push(name);
  for (const view of body.views) view.columns.splice(1, 0, name);
  const published = await designer('POST', '/definitions/object/customer/versions', {
    body,
    based_on: object.version,
  });
  expect(published.status, JSON.stringify(published.body)).toBe(201);

  // Published, and still nobody's: not even in the list of what could be filtered.
  await signIn(page, words, rep);
  await page.goto('/new/customer');
  await page.locator('#field-name').waitFor();
  await expect(page.locator(`#field-${name}`)).toHaveCount(0);
  const seen = await (await page.request.get('/api/v1/objects/customer')).json();
  expect(JSON.stringify(seen)).not.toContain(name);

  const keeper = await apiAs(demo, security);
  const role = (await keeper('GET', '/definitions/role/rep')).body;
  const rights = structuredClone(role.body);
  for (const grant of rights.grants)
    if (grant.id === 'rep/customer-own') grant.fields.names = { ...grant.fields.names, [name]: 'edit' };
  const granted = await keeper('POST', '/definitions/role/rep/versions', {
    body: rights,
    based_on: role.version,
  });
  expect(granted.status, JSON.stringify(granted.body)).toBe(201);

  // The same server, the next look.
  await page.reload();
  await page.locator('#field-name').fill(`有病区的医院${digits()}`);
  await page.locator(`#field-${name}`).fill('12');
  await page.getByRole('checkbox', { name: words('notice.agreed') }).check();
  await sound(page);
  await page.getByRole('button', { name: words('save'), exact: true }).click();
  await page.getByRole('tab', { name: words('tab.data') }).click();
  const row = page.getByRole('tabpanel').locator('dl > div').filter({ hasText: shown });
  await expect(row).toContainText('12');

  await page.goto('/records/customer?view=mine');
  if (wide) await expect(page.getByRole('columnheader', { name: shown })).toBeVisible();
  await page.getByRole('button', { name: words('filter.add'), exact: true }).click();
  const sheet = page.getByRole('dialog', { name: words('filter.condition') });
  await sheet.getByLabel(words('filter.field')).selectOption(name);
  await sheet.getByLabel(shown).fill('12');
  await sheet.getByRole('button', { name: words('filter.apply') }).click();
  await expect(page.getByText(words('list.count', { n: 1 }), { exact: true })).toBeVisible();
  await sound(page);
});
