/** Being knocked at while the app is closed: what the browser says, what the house says, and the one sentence. */
import { whole } from '../playwright.config';
import { type Demo, demoPerson, expect, signIn, startDemo, test } from './demo';

test.use({ serviceWorkers: 'allow', launchOptions: whole });

/** A browser whose push service answers, for the one that tests run in has none. */
function withPushService(): void {
  const key = 'story.subscribed';
  const subscription = (wanted: BufferSource | string | null | undefined) => ({
    endpoint: 'https://push.example.com/story',
    options: { applicationServerKey: (wanted as Uint8Array)?.buffer ?? null },
    unsubscribe: async () => {
      sessionStorage.removeItem(key);
      return true;
    },
  });
  PushManager.prototype.subscribe = async (options) => {
    sessionStorage.setItem(key, 'yes');
    return subscription(options?.applicationServerKey) as unknown as PushSubscription;
  };
  PushManager.prototype.getSubscription = async () =>
    (sessionStorage.getItem(key) ? subscription(null) : null) as unknown as PushSubscription;
}

test.describe('where the operator lets people be knocked at', () => {
  let demo: Demo;
  let stop: () => Promise<void>;
  test.beforeAll(async () => {
    ({ demo, stop } = await startDemo('--push'));
  });
  test.afterAll(() => stop());

  test('push is turned on by a tap, says one sentence without a name, and leads to what is new', async ({
    browser,
    words,
    locale,
    viewport,
  }) => {
    const rep = demoPerson(demo, 'rep');
    const context = await browser.newContext({
      baseURL: demo.url,
      ...(locale ? { locale } : {}),
      ...(viewport ? { viewport } : {}),
      permissions: ['notifications'],
    });
    const page = await context.newPage();
    await signIn(page, words, rep);
    await page.goto('/me');
    const card = page.getByRole('region', { name: words('push.title') });
    await expect(card).toContainText(words('push.off'));
    // Nobody answers here: nothing is on, and it says why.
    await card.getByRole('button', { name: words('push.turn_on') }).click();
    await expect(card.getByRole('alert')).toHaveText(words('push.unreachable'), { timeout: 40_000 });

    await page.addInitScript(withPushService);
    await page.reload();
    await card.getByRole('button', { name: words('push.turn_on') }).click();
    await expect(card.getByRole('button', { name: words('push.turn_off') })).toHaveAttribute(
      'aria-pressed',
      'true',
    );
    expect(await (await page.request.get('/api/v1/me/push')).json()).toMatchObject({ state: 'on' });

    // What arrives is empty; the sentence lay here.
    const devtools = await context.newCDPSession(page);
    const registration = new Promise<string>((resolve) =>
      devtools.on('ServiceWorker.workerRegistrationUpdated', ({ registrations }) => {
        if (registrations[0]) resolve(registrations[0].registrationId);
      }),
    );
    await devtools.send('ServiceWorker.enable');
    await devtools.send('ServiceWorker.deliverPushMessage', {
      origin: demo.url,
      registrationId: await registration,
      data: '',
    });
    const shown = () =>
      page.evaluate(async () => {
        const all = await (await navigator.serviceWorker.ready).getNotifications();
        return all.map(({ title, body, data }) => ({ title, body, path: data?.path }));
      });
    await expect
      .poll(shown)
      .toEqual([{ title: words('brand.short'), body: words('push.said'), path: '/#notifications' }]);
    await page.goto('/#notifications');
    await expect(page.getByRole('dialog', { name: words('notifications.title') })).toBeVisible();
    await expect(page).toHaveURL(new URL('/', demo.url).href);

    await page.goto('/me');
    await card.getByRole('button', { name: words('push.turn_off') }).click();
    await expect(card).toContainText(words('push.off'));
    expect(await (await page.request.get('/api/v1/me/push')).json()).toMatchObject({ state: 'off' });
    await context.close();
  });
});

test('where the operator does not, the page says so and offers nothing', async ({ page, words, rep }) => {
  await signIn(page, words, rep);
  await page.goto('/me');
  const card = page.getByRole('region', { name: words('push.title') });
  await expect(card).toContainText(words('push.unavailable'));
  await expect(card.getByRole('button')).toHaveCount(0);
});
