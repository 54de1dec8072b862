/** A role that was not there: after a pattern, named, changed, published, and given to somebody; never to oneself. */
import { digits, eachOnce, expect, type Person, people, signIn, sound, test } from './demo';

test('a role is made after a pattern by clicking, and one that is held by whoever clicks is refused', async ({
  page,
  demo,
  words,
  english,
}) => {
  const security = people(demo, /security_admin|安全管理员/i)[0] as Person;
  const name = `night_desk_${digits()}`;
  await signIn(page, words, security);
  await page.goto('/roles');
  await page.getByRole('button', { name: words('roles.new') }).click();
  await expect(page).toHaveURL(/\/roles\/new-role$/);
  await page
    .getByRole('link')
    .filter({ hasText: english ? 'Intern' : '实习生' })
    .click();
  // What is called nothing in one language is not published, and the preview says which.
  await page.getByLabel(words('roles.label.zh')).fill('夜班前台');
  await page.getByLabel(words('roles.label.en')).fill(' ');
  await page.getByLabel(words('roles.name')).fill('intern');
  const go = page.getByRole('button', { name: words('roles.preview') });
  await go.click();
  const sheet = page.getByRole('dialog');
  const publish = sheet.getByRole('button', { name: words('roles.new.publish') });
  await expect(sheet.getByRole('alert')).toContainText(words('roles.label.en'));
  await expect(publish).toBeDisabled();
  await sheet.getByRole('button', { name: words('roles.back') }).click();
  await page.getByLabel(words('roles.label.en')).fill('Night desk');
  // The name of another role is not taken over.
  await go.click();
  await publish.click();
  await expect(sheet.getByRole('alert')).toContainText(words('roles.new.taken', { name: 'intern' }));
  await sheet.getByRole('button', { name: words('roles.back') }).click();
  await page.getByLabel(words('roles.name')).fill(name);

  const customer = english ? 'Customer' : '客户';
  await page.locator('summary', { hasText: customer }).first().click();
  const grant = page.getByRole('region', { name: new RegExp(`^${customer} · `) });
  const exports = grant.getByRole('checkbox', { name: words('verb.export'), exact: true });
  await exports.click();
  const checked = await exports.isChecked();
  // A look at the other roles in between takes nothing away.
  await page
    .getByRole('main')
    .getByRole('link', { name: words('roles.title'), exact: true })
    .click();
  await expect(page).toHaveURL(/\/roles$/);
  await page.goBack();
  await expect(page.getByLabel(words('roles.name'))).toHaveValue(name);
  await page.locator('summary', { hasText: customer }).first().click();
  await expect(exports).toBeChecked({ checked });
  await go.click();
  await expect(sheet.getByRole('listitem').first()).toBeVisible();
  await sheet.locator('summary').first().click();
  await sound(page);
  await publish.click();
  await expect(page).toHaveURL(new RegExp(`/roles/${name}$`));
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(english ? 'Night desk' : '夜班前台');
  await page.locator('summary', { hasText: customer }).first().click();
  await expect(exports).toBeChecked({ checked });

  // It can be given to people; nobody has it yet.
  await page.getByRole('link', { name: words('roles.held') }).click();
  await expect(page).toHaveURL(new RegExp(`/people\\?role=${name}`));
  // What they hold themselves they may look at, and the server says no before anything is tried.
  await page.goto('/roles/security_admin');
  await expect(page.getByText(words('roles.own'))).toBeVisible();
  await page.getByLabel(words('roles.reveals')).fill('500');
  await go.click();
  await expect(sheet.getByRole('alert')).toContainText(words('roles.place.holders'));
  await expect(sheet.getByRole('button', { name: words('roles.publish'), exact: true })).toBeDisabled();
});

test('who may read roles but not change them is shown the rights, and nothing to click that would be refused', async ({
  page,
  demo,
  words,
  english,
}) => {
  await signIn(page, words, people(demo, /audit_admin|审计管理员/i)[0] as Person);
  await page.goto('/roles/intern');
  await expect(page.getByText(words('roles.read_only'))).toBeVisible();
  const customer = english ? 'Customer' : '客户';
  await page.locator('summary', { hasText: customer }).first().click();
  const grant = page.getByRole('region', { name: new RegExp(`^${customer} · `) }).first();
  await expect(grant.getByRole('checkbox', { name: words('verb.read'), exact: true })).toBeChecked();
  await expect(grant.getByRole('checkbox').first()).toBeDisabled();
  await expect(grant.getByRole('button')).toHaveCount(0);
  await expect(page.getByRole('button', { name: words('roles.add.go') })).toHaveCount(0);
  await expect(page.getByLabel(words('roles.reveals'))).toBeDisabled();
  await sound(page);
  await page.getByRole('tab', { name: words('roles.versions') }).click();
  await expect(page.getByText(words('versions.now'))).toBeVisible();
  await expect(page.getByRole('button', { name: words('versions.back') })).toHaveCount(0);
});

test('rights and settings that were begun wait for whoever follows a link in between', async ({
  page,
  demo,
  words,
}, info) => {
  eachOnce(info.project.name);
  const security = people(demo, /security_admin|安全管理员/i)[0] as Person;
  await signIn(page, words, security);
  await page.goto('/roles/intern');
  const reveals = page.getByLabel(words('roles.reveals'));
  const was = await reveals.inputValue();
  await reveals.fill('7');
  await page
    .getByRole('main')
    .getByRole('link', { name: words('roles.title'), exact: true })
    .click();
  await expect(page).toHaveURL(/\/roles$/);
  await page.goBack();
  await expect(reveals).toHaveValue('7');
  await expect(page.getByText(words('roles.changed'))).toBeVisible();
  await page.getByRole('button', { name: words('roles.discard') }).click();
  await expect(reveals).toHaveValue(was);
  await page.reload();
  await expect(reveals).toHaveValue(was);

  await page.goto('/settings');
  const address = page.getByLabel(words('company.address'), { exact: true });
  const before = await address.inputValue();
  await address.fill('宜山路 900 号');
  await page.goto('/roles');
  await page.getByRole('heading', { level: 1 }).waitFor();
  await page.goto('/settings');
  await expect(address).toHaveValue('宜山路 900 号');
  await page
    .getByRole('button', { name: words('roles.discard') })
    .first()
    .click();
  await expect(address).toHaveValue(before);
});
