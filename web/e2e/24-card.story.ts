/** A business card is photographed, read while a new customer is written down, and stays with the customer. */
import { digits, eachOnce, expect, fits, signIn, sound, test } from './demo';
import { businessCard, keptPhotos } from './pieces';

test('a card is photographed from ＋ and goes with the customer it became', async ({
  page,
  words,
  rep,
}, info) => {
  eachOnce(info.project.name);
  await signIn(page, words, rep);
  await page.goto('/');
  await page.getByRole('button', { name: words('nav.plus'), exact: true }).click();
  const chosen = page.waitForEvent('filechooser');
  await page
    .getByRole('dialog')
    .getByRole('button', { name: words('plus.card') })
    .click();
  await (await chosen).setFiles(await businessCard(page));
  await expect(page).toHaveURL(/\/new\/customer/);
  const picture = page.getByRole('button', { name: words('card.larger') });
  await expect(picture.getByRole('img')).toBeVisible();
  // It outlives the tab like the words beside it; on the device it is noise, and alone.
  await expect.poll(async () => (await keptPhotos(page)).length).toBe(1);
  for (const secret of ['JFIF', '/9j/'])
    expect((await keptPhotos(page)).some((text) => text.includes(secret))).toBe(false);
  await page.reload();
  await expect(picture.getByRole('img')).toBeVisible();
  await picture.click();
  await expect(picture).toHaveAttribute('aria-pressed', 'true');
  await sound(page);
  await fits(page);
  // Nothing of it has left the device before there is a ground for it.
  const sent: string[] = [];
  page.on('request', (request) => {
    if (request.method() !== 'GET' && /\/files/.test(request.url())) sent.push(request.url());
  });
  const name = `名片医院${digits()}`;
  await page.locator('#field-name').fill(name);
  await page.locator('#field-phone').fill(`138${digits()}`);
  expect(sent).toEqual([]);
  await page.getByRole('checkbox', { name: words('notice.agreed') }).check();
  await page.getByRole('button', { name: words('save'), exact: true }).click();
  await expect(page.getByRole('heading', { level: 1, name })).toBeVisible();
  await page.getByRole('tab', { name: words('tab.files') }).click();
  const row = page.getByRole('list', { name: words('files.list') }).getByRole('listitem');
  await expect(row.getByText(/^(名片|Business card) \d{4}-\d\d-\d\d\.jpg$/)).toBeVisible();
  expect(sent.length).toBe(1);
  expect(await keptPhotos(page)).toEqual([]);
  // The next customer begins without it.
  await page.goto('/new/customer');
  await page.getByText(words('card.shoot')).waitFor();
  await expect(page.getByRole('button', { name: words('card.larger') })).toHaveCount(0);
});
