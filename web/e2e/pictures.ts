/** Takes the pictures: every screen of the table as the person it belongs to. See pictures.config.ts. */
import { mkdirSync } from 'node:fs';
import { expect, test, tooWide } from './demo';
import { enter, furnish } from './scene';
import { open, routeOf, screens } from './screens';

const folder = process.env.KEDUN_PICTURES ?? '../screenshots';
const only = new RegExp(process.env.KEDUN_SCREENS ?? '');

test('pictures', async ({ browser, demo, words, wide, locale, colorScheme, viewport }, info) => {
  const chosen = screens.filter(
    (screen) => only.test(screen.name) && (!screen.only || (screen.only === 'desktop') === wide),
  );
  const faults: string[] = [];
  const furnished = await furnish(demo);
  const scene = furnished.values;
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
    await enter(page, words, demo, who, furnished);
    for (const screen of chosen.filter((one) => one.who === who)) {
      const path = `${folder}/${screen.name}`;
      mkdirSync(path, { recursive: true });
      try {
        if (!(await open(screen, { page, words, wide, scene })))
          faults.push(`${screen.name}: nothing to show`);
        else if ((await tooWide(page)) > 0) faults.push(`${screen.name}: too wide`);
      } catch (error) {
        faults.push(`${screen.name}: ${String(error).split('\n')[0]}`);
      }
      await page.screenshot({ path: `${path}/${info.project.name}.png` });
    }
    await context.close();
  }
  expect(faults).toEqual([]);
});

test.beforeAll(() => {
  const missing = screens.filter((screen) => screen.name !== 'no-such-page' && !routeOf(screen));
  expect(missing.map((screen) => `${screen.name} has no route`)).toEqual([]);
});
