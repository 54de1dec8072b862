/**
 * All screens, from one table: no serious finding of axe in either theme, nothing wider than the narrowest phone,
 * nothing on a phone smaller than a thumb. Each language is walked once, each size once; a desktop in the dark, a phone
 * by day and, for its colours, in the dark.
 */
import { eachOnce, expect, findings, small, test, tooWide } from './demo';
import { enter, furnish } from './scene';
import { open, routeOf, routes, type Screen, screens, settle } from './screens';

test.describe.configure({ mode: 'parallel', timeout: 180_000 });

/** Few enough for one story, so that the workers share the walk. */
const PART = 8;
const people = [...new Set(screens.map((screen) => screen.who))];
const parts = people.flatMap((who) => {
  const own = screens.filter((screen) => screen.who === who);
  return Array.from({ length: Math.ceil(own.length / PART) }, (_, part) => ({
    who,
    part: part + 1,
    screens: own.slice(part * PART, (part + 1) * PART),
  }));
});

for (const { who, part, screens: some } of parts)
  test(`every screen is sound: ${who} ${part}`, async ({ page, words, wide, demo }, info) => {
    eachOnce(info.project.name);
    const furnished = await furnish(demo);
    const scene = furnished.values;
    await enter(page, words, demo, who, furnished);
    const found: string[] = [];
    for (const screen of some.filter((one) => !one.only || (one.only === 'desktop') === wide)) {
      const say = (finding: string) => found.push(`${screen.name}: ${finding}`);
      await page.emulateMedia({ colorScheme: wide ? 'dark' : 'light' });
      if (!(await open(screen, { page, words, wide, scene }))) {
        say('the demo has nothing to show here');
        continue;
      }
      await expect(page.locator('html')).toHaveAttribute('data-theme', wide ? 'dark' : 'light');
      for (const finding of await findings(page)) say(finding);
      const size = page.viewportSize();
      if ((await tooWide(page)) > 0) say(`${await tooWide(page)} px too wide at ${size?.width}`);
      if (wide) continue;
      for (const item of await small(page)) say(`smaller than a thumb: ${item}`);
      await page.setViewportSize({ width: 360, height: 740 });
      // Another size may be another page; another theme fades in. Both are looked at when they have come to rest.
      await settle(page);
      const over = await tooWide(page);
      if (over > 0) say(`${over} px too wide at 360`);
      if (size) await page.setViewportSize(size);
      // Another theme is other colours and nothing else.
      await page.emulateMedia({ colorScheme: 'dark' });
      await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
      await settle(page);
      for (const finding of await findings(page, ['color-contrast'])) say(`dark: ${finding}`);
    }
    expect(found).toEqual([]);
  });

test('every route has a screen in the table, and every name is used once', ({ wide: _ }, info) => {
  eachOnce(info.project.name);
  const shown = new Set(screens.map((screen: Screen) => routeOf(screen)));
  expect(routes().filter((route) => !shown.has(route))).toEqual([]);
  expect(new Set(screens.map((screen) => screen.name)).size).toBe(screens.length);
});
