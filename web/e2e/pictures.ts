/** Takes the pictures: every screen of the table as the person it belongs to. See pictures.config.ts. */
import { mkdirSync } from 'node:fs';
import { demoPerson, expect, ours, type Person, signIn, test, tooWide } from './demo';
import { open, routeOf, screens } from './screens';

const folder = process.env.KEDUN_PICTURES ?? '../screenshots';
const only = new RegExp(process.env.KEDUN_SCREENS ?? '');

test('pictures', async ({ browser, demo, words, wide, locale, colorScheme, viewport }, info) => {
  const chosen = screens.filter(
    (screen) => only.test(screen.name) && (!screen.only || (screen.only === 'desktop') === wide),
  );
  const faults: string[] = [];
  for (const who of new Set(chosen.map((screen) => screen.who))) {
    const context = await browser.newContext({
      baseURL: demo.url,
      ...(locale ? { locale } : {}),
      ...(colorScheme ? { colorScheme } : {}),
      ...(viewport ? { viewport } : {}),
      hasTouch: !wide,
      isMobile: !wide,
      serviceWorkers: 'block',
    });
    const page = await context.newPage();
    page.setDefaultTimeout(15_000);
    page.on('pageerror', (error) => faults.push(`${who}: ${error.message}`));
    await page.addInitScript((code) => localStorage.setItem('kedun.language', code), locale ?? 'zh-CN');
    if (who !== 'nobody') {
      const person = demoPerson(demo, who);
      await signIn(page, words, person);
      if (who === 'rep') await order(page, person);
    }
    for (const screen of chosen.filter((one) => one.who === who)) {
      const path = `${folder}/${screen.name}`;
      mkdirSync(path, { recursive: true });
      try {
        if (!(await open(screen, { page, words, wide }))) faults.push(`${screen.name}: nothing to show`);
        else if ((await tooWide(page)) > 0) faults.push(`${screen.name}: too wide`);
      } catch (error) {
        faults.push(`${screen.name}: ${String(error).split('\n')[0]}`);
      }
      await page.screenshot({ path: `${path}/${info.project.name}.png` });
    }
    await context.close();
  }
  expect(faults).toEqual([]);

  /** Exports to look at: one that is there at once, one that waits for the manager. */
  async function order(page: Parameters<typeof signIn>[0], person: Person) {
    const { exports = [] } = await (await page.request.get('/api/v1/exports')).json();
    if (exports.length > 0) return;
    for (const clear of [false, true]) {
      const answer = await page.request.post('/api/v1/exports', {
        data: {
          object: 'customer',
          fields: ['name', 'phone', 'level', 'stage'],
          filter: { all: [{ field: 'level', op: 'in', value: ['A'] }] },
          purpose: clear ? 'contract' : 'visit_plan',
          format: 'xlsx',
          ...(clear ? { clear } : {}),
        },
        headers: ours,
      });
      if (!answer.ok()) faults.push(`${person.login}: no export, ${answer.status()}`);
    }
  }
});

test.beforeAll(() => {
  const missing = screens.filter((screen) => screen.name !== 'no-such-page' && !routeOf(screen));
  expect(missing.map((screen) => `${screen.name} has no route`)).toEqual([]);
});
