/** What is measured inside the page: when the list can be used, and how long a touch waits for its picture. */

const ROW = '[role=tabpanel] li, [role=tabpanel] tbody tr';

/** Before anything loads: waits for the first row, for its picture, and for a main thread that answers again. */
export async function watch(page) {
  await page.addInitScript((row) => {
    const touches = [];
    globalThis.kedunTouches = touches;
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries())
        if (entry.interactionId) touches.push({ name: entry.name, took: entry.duration });
    }).observe({ type: 'event', buffered: true, durationThreshold: 16 });

    const settle = () => {
      const asked = performance.now();
      // An answer within a frame or three: nothing long is running any more.
      setTimeout(() => {
        if (performance.now() - asked < 50) globalThis.kedunUsable = asked;
        else settle();
      });
    };
    const look = () => {
      if (!document.querySelector(row)) return;
      observer.disconnect();
      requestAnimationFrame(() => setTimeout(settle));
    };
    const observer = new MutationObserver(look);
    observer.observe(document, { childList: true, subtree: true });
  }, ROW);
}

/** Milliseconds from the beginning of the navigation until the list can be used. */
export async function usable(page) {
  const handle = await page.waitForFunction(() => globalThis.kedunUsable, undefined, {
    timeout: 120_000,
    polling: 100,
  });
  return handle.jsonValue();
}

/** Real touches and keys, each with the time until the picture that answers it: the longest event of each. */
export async function interactions(page, devtools) {
  const each = [];
  async function measure(name, act) {
    await page.waitForTimeout(700);
    await page.evaluate(() => {
      globalThis.kedunTouches.length = 0;
    });
    await act();
    await page.waitForTimeout(1500);
    const took = await page.evaluate(() => Math.max(0, ...globalThis.kedunTouches.map((one) => one.took)));
    // Shorter than 16 ms is not reported, and is zero here.
    each.push({ name, took });
  }
  const touch = async ({ x, y }) => {
    await devtools.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: [{ x, y }] });
    await devtools.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
  };
  const tap = async (locator) => {
    const { x, y, width, height } = await locator.boundingBox();
    await touch({ x: x + width / 2, y: y + height / 2 });
  };
  /** The middle of what matches inside the first row that is wholly in view. */
  const inRow = (selector) =>
    page.evaluate(
      ([row, wanted]) => {
        for (const one of document.querySelectorAll(row)) {
          const place = one.getBoundingClientRect();
          const box = one.querySelector(wanted)?.getBoundingClientRect();
          if (box && place.top > 120 && place.bottom < 700)
            return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
        }
        throw new Error('no row in view');
      },
      [ROW, selector],
    );
  const leave = async () => {
    await page.getByRole('dialog').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
  };

  // A swipe is no interaction that is counted; how long it keeps the page from drawing is.
  await page.evaluate(() => {
    globalThis.kedunLongest = 0;
    new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries())
        globalThis.kedunLongest = Math.max(globalThis.kedunLongest, duration);
    }).observe({ type: 'longtask' });
  });
  for (let swipe = 0; swipe < 6; swipe += 1) {
    const at = (y) => [{ x: 195, y }];
    await devtools.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: at(200) });
    for (let y = 240; y <= 680; y += 40)
      await devtools.send('Input.dispatchTouchEvent', { type: 'touchMove', touchPoints: at(y) });
    await devtools.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
    await page.waitForTimeout(300);
  }
  each.push({
    name: 'swipe by six screens: longest pause',
    took: await page.evaluate(() => globalThis.kedunLongest),
  });
  const followUp = await inRow('button[aria-label^="跟进"]');
  await measure('touch "follow up" on a row', () => touch(followUp));
  await leave();
  await page.evaluate(() => scrollTo(0, 0));
  await measure('touch the filters', () =>
    tap(page.locator('main').getByRole('button', { name: '筛选' }).first()),
  );
  await leave();
  const search = page.getByRole('searchbox');
  await measure('touch the search', () => tap(search));
  await measure('type a letter into it', () => page.keyboard.press('a'));
  await measure('delete it', () => page.keyboard.press('Backspace'));
  await measure('touch another tab', () => tap(page.getByRole('tab').nth(1)));
  await measure('touch the first tab again', () => tap(page.getByRole('tab').last()));
  const first = await inRow('a');
  await measure('touch a row: its record', () => touch(first));
  await measure('go back to the list', async () => {
    await page.goBack();
  });
  await measure('touch "Today" below', () => tap(page.locator('nav a').first()));
  return each;
}
