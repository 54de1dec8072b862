/** The app as an app: it can be installed, its shell is kept, and nothing that the server said is. */
import { get } from 'node:http';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { eachOnce, expect, rows, signIn, test } from './demo';

test.use({ serviceWorkers: 'allow' });

test('the app can be installed', async ({ page, demo }, info) => {
  eachOnce(info.project.name);
  await page.goto('/sign-in');
  await page.evaluate(() => navigator.serviceWorker.ready);
  const manifest = await (await page.request.get('/manifest.webmanifest')).json();
  expect(manifest).toMatchObject({ display: 'standalone', start_url: '/', scope: '/' });
  for (const icon of manifest.icons) {
    const answer = await page.request.get(icon.src);
    expect(answer.status(), icon.src).toBe(200);
    expect(answer.headers()['content-type']).toBe(icon.type);
  }
  const devtools = await page.context().newCDPSession(page);
  const { installabilityErrors } = await devtools.send('Page.getInstallabilityErrors');
  // A test's window is a private one, and that is the only thing the browser may object to.
  expect(installabilityErrors.map((error) => error.errorId).filter((id) => id !== 'in-incognito')).toEqual(
    [],
  );
  const policy = (await page.request.get(demo.url)).headers()['content-security-policy'] ?? '';
  expect(policy).toContain("default-src 'self'");
  expect(policy).not.toMatch(/unsafe-|\*|https?:/);
});

test('what the build packed is served packed, and plain to who cannot read that', async ({ demo }, info) => {
  eachOnce(info.project.name);
  const page = await (await fetch(demo.url)).text();
  const script = page.match(/\/assets\/index-[\w-]+\.js/)?.[0] ?? 'no script';
  const ask = (coding: string) =>
    new Promise<{ coding: string | undefined; vary: string | undefined; body: Buffer }>((resolve, reject) => {
      get(`${demo.url}${script}`, { headers: { 'accept-encoding': coding } }, (answer) => {
        const parts: Buffer[] = [];
        answer.on('data', (part: Buffer) => parts.push(part));
        answer.on('end', () =>
          resolve({
            coding: answer.headers['content-encoding'],
            vary: answer.headers.vary,
            body: Buffer.concat(parts),
          }),
        );
      }).on('error', reject);
    });
  const [packed, zipped, plain, refused] = await Promise.all(
    ['gzip, br', 'gzip', 'identity', 'br;q=0'].map(ask),
  );
  expect(packed?.coding).toBe('br');
  expect(packed?.vary).toContain('accept-encoding');
  expect(zipped?.coding).toBe('gzip');
  for (const one of [plain, refused]) expect(one?.coding).toBeUndefined();
  const text = plain?.body.toString() ?? '';
  expect(brotliDecompressSync(packed?.body ?? '').toString()).toBe(text);
  expect(gunzipSync(zipped?.body ?? '').toString()).toBe(text);
  expect(packed?.body.length).toBeLessThan(zipped?.body.length ?? 0);
});

test('the worker keeps the shell and no word of a customer', async ({
  page,
  words,
  rep,
  wide,
  context,
}, info) => {
  eachOnce(info.project.name);
  await page.goto('/sign-in');
  // What an older version left is cleared away when the new one takes over.
  await page.evaluate(() =>
    caches.open('kedun-shell-1').then((old) => old.put('/old.js', new Response('old'))),
  );
  await page.evaluate(() => navigator.serviceWorker.ready);
  await page.reload();
  await signIn(page, words, rep);
  await page.goto('/records/customer');
  await rows(page, wide).first().waitFor();
  await page.goto('/');
  await page.getByRole('heading', { level: 1, name: words('today.title') }).waitFor();
  const kept = await page.evaluate(async () => {
    const names = await caches.keys();
    const requests = await Promise.all(names.map(async (name) => (await caches.open(name)).keys()));
    return { names, paths: requests.flat().map((request) => new URL(request.url).pathname) };
  });
  expect(kept.names).toHaveLength(1);
  expect(kept.names).not.toContain('kedun-shell-1');
  expect(kept.paths).toContain('/');
  expect(kept.paths.filter((path) => path.startsWith('/api/'))).toEqual([]);

  // What the server has at other addresses is the server's to answer, as a download is.
  const answer = await page.goto('/api/v1/me');
  expect(answer?.headers()['content-type']).toContain('application/json');
  expect(answer?.fromServiceWorker()).toBe(false);
  const again = await page.goto('/records/customer');
  expect(again?.fromServiceWorker()).toBe(true);
  await rows(page, wide).first().waitFor();

  // Without a network: what is on the screen stays, and says so; a page asked for anew has the shell, no data.
  await context.setOffline(true);
  await expect(page.getByText(words('offline'))).toBeVisible();
  await page.reload();
  await expect(page.getByText(words('problem.offline.title'))).toBeVisible();
  await context.setOffline(false);
});

test.describe('without the worker', () => {
  test.use({ serviceWorkers: 'block' });
  test('a page from before an update fetches the new version when it misses a piece', async ({
    page,
    words,
    rep,
  }, info) => {
    eachOnce(info.project.name);
    await signIn(page, words, rep);
    await page.goto('/me');
    await page.getByRole('heading', { level: 1, name: words('me.title') }).waitFor();
    // The server holds only the pieces of the new version; the reloaded page asks for those.
    let gone = true;
    await page.route('**/assets/DevicesPage-*.js', async (route) => {
      if (gone) await route.fulfill({ status: 404 });
      else await route.continue();
      gone = false;
    });
    await page.getByRole('button', { name: words('devices.title') }).click();
    await expect(page.getByRole('heading', { level: 1, name: words('devices.title') })).toBeVisible();
    expect(gone).toBe(false);
  });
});
