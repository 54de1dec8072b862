/** A demo company for the stories: the binary, its people, and how to sign in as one of them. */
import AxeBuilder from '@axe-core/playwright';
import { test as base, expect, type Locator, type Page } from '@playwright/test';
import { en } from '../src/i18n/en';
import { fill, type Key } from '../src/i18n/index';
import { zh } from '../src/i18n/zh-CN';
import { type Demo, type Person, startDemo } from './company';

export type { Demo, Person } from './company';
export { startDemo } from './company';

export type Words = (key: Key, values?: Record<string, string | number>) => string;
type Fixtures = {
  words: Words;
  english: boolean;
  rep: Person;
  manager: Person;
  wide: boolean;
  /** A story fails when its page breaks, or asks for something that the content security policy refuses. */
  clean: undefined;
};

export const test = base.extend<Fixtures, { demo: Demo }>({
  demo: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names it destructures
    async ({}, use) => {
      const { demo, stop } = await startDemo();
      await use(demo);
      await stop();
    },
    { scope: 'worker', timeout: 120_000 },
  ],
  baseURL: async ({ demo }, use) => use(demo.url),
  english: async ({ locale }, use) => use(locale === 'en'),
  words: async ({ english }, use) => use((key, values = {}) => fill(english ? en[key] : zh[key], values)),
  rep: async ({ demo }, use) => use(personWith(demo, /rep|代表/i)),
  manager: async ({ demo }, use) => use(personWith(demo, /manager|主管/i)),
  wide: async ({ viewport }, use) => use((viewport?.width ?? 0) >= 1024),
  clean: [
    async ({ context }, use) => {
      const faults: string[] = [];
      context.on('weberror', (error) => faults.push(error.error().message));
      context.on('console', (message) => {
        if (/Content Security Policy|Content-Security-Policy/.test(message.text()))
          faults.push(message.text());
      });
      await use(undefined);
      expect(faults).toEqual([]);
    },
    { auto: true },
  ],
});
export { expect };

function personWith(demo: Demo, role: RegExp): Person {
  return people(demo, role)[0] as Person;
}

export function people(demo: Demo, role: RegExp): Person[] {
  const found = demo.people.filter((candidate) => role.test(candidate.role));
  if (found.length === 0) throw new Error(`no demo person with role ${role}`);
  return found;
}

/** The first person of the demo with exactly this role. */
export function demoPerson(demo: Demo, role: string): Person {
  return personWith(demo, new RegExp(`^${role}$`));
}

/** For stories in which only the width could matter: each width once, each language once. */
export function eachOnce(project: string): void {
  test.skip(!/phone zh-CN|desktop en/.test(project), 'the same in the other language');
}

export function personWithNumber(demo: Demo, role: RegExp, number: number): Person {
  const found = people(demo, role);
  return found[number % found.length] as Person;
}

/** What our own pages send with every change. */
export const ours = { 'X-Kedun-Request': '1' };

/** Opens a session for this page without the form, which has a story of its own. */
export async function signIn(page: Page, words: Words, person: Person): Promise<void> {
  const language = words('save') === 'Save' ? 'en' : 'zh-CN';
  await page.addInitScript((code) => {
    if (!localStorage.getItem('kedun.language')) localStorage.setItem('kedun.language', code);
  }, language);
  const answer = await page.request.post('/api/v1/sessions', {
    data: { login: person.login, password: person.password, device: { name: 'Story' } },
  });
  expect(answer.status()).toBe(201);
  // The server may remember another language for this person; the story speaks its own.
  await page.request.put('/api/v1/me/language', { data: { language }, headers: ours });
  // The tour has stories of its own; in the others it has been seen.
  await page.request.put('/api/v1/me/preferences/tour.welcome', {
    data: { value: { seen: 1 } },
    headers: ours,
  });
}

/** The same through the form, with whatever else the story types into it. */
export async function typeCredentials(
  page: Page,
  words: Words,
  login: string,
  password: string,
): Promise<void> {
  await page.addInitScript(
    (code) => {
      if (!localStorage.getItem('kedun.language')) localStorage.setItem('kedun.language', code);
    },
    words('save') === 'Save' ? 'en' : 'zh-CN',
  );
  await page.goto('/sign-in');
  await page.getByLabel(words('signin.login')).fill(login);
  await page.getByLabel(words('signin.password'), { exact: true }).fill(password);
  await page.getByRole('button', { name: words('signin.go'), exact: true }).click();
}

/** A session of somebody, beside the page's own. */
export async function apiAs(demo: Demo, person: Person): Promise<Api> {
  const json = { 'Content-Type': 'application/json' };
  const answer = await fetch(`${demo.url}/api/v1/sessions`, {
    method: 'POST',
    headers: json,
    body: JSON.stringify({ login: person.login, password: person.password, device: { name: 'API' } }),
  });
  const { token } = (await answer.json()) as { token: string };
  return async (method, path, data) => {
    const headers = { Authorization: `Bearer ${token}`, 'Accept-Language': 'en' };
    const reply = await fetch(
      `${demo.url}/api/v1${path}`,
      data === undefined
        ? { method, headers }
        : { method, headers: { ...headers, ...json }, body: JSON.stringify(data) },
    );
    const text = await reply.text();
    return { status: reply.status, body: text ? JSON.parse(text) : null };
  };
}

/** Creates a customer with its consent, as the intake form would. */
export async function collect(
  api: Api,
  fields: Record<string, unknown>,
): Promise<{ id: string; title: string }> {
  const notice = (await api('GET', '/notices/sales_contact')).body;
  const { status, body } = await api('POST', '/objects/customer/records', {
    fields,
    intake: {
      notice: { id: notice.id, version: notice.version },
      purpose: 'sales_contact',
      basis: 'consent',
      channel: 'in_person',
      consents: [{ kind: 'collect', given: true }],
    },
  });
  expect(status, JSON.stringify(body)).toBe(201);
  return body;
}

/** Eight digits that no other story has. */
export const digits = () => String(Math.floor(10_000_000 + Math.random() * 89_999_999));

// biome-ignore lint/suspicious/noExplicitAny: stories read replies of many shapes
export type Api = (method: string, path: string, data?: unknown) => Promise<{ status: number; body: any }>;

/** No serious finding of axe, no sideways scrolling: asked of what a story opens beyond the table of screens. */
export async function sound(page: Page): Promise<void> {
  expect(await findings(page)).toEqual([]);
  await fits(page);
  if ((page.viewportSize()?.width ?? 0) < 500) expect(await small(page)).toEqual([]);
}

/** What axe finds serious; with `rules`, only by these. */
export async function findings(page: Page, rules: string[] = []): Promise<string[]> {
  const first = await look(page, rules);
  // A reminder that fades in while axe looks has other colours for a moment.
  return first.length > 0 ? look(page, rules) : first;
}

async function look(page: Page, rules: string[]): Promise<string[]> {
  // What fades in has other colours for a moment.
  await page.evaluate(() =>
    Promise.all(
      document
        .getAnimations()
        .filter((one) => one.effect?.getComputedTiming().iterations !== Number.POSITIVE_INFINITY)
        .map((one) => one.finished.catch(() => undefined)),
    ).then(() => undefined),
  );
  // There are no frames of others in our pages: one run in the page itself is all of it, and takes half the time.
  const axe = new AxeBuilder({ page }).setLegacyMode(true).options({ resultTypes: ['violations'] });
  if (rules.length > 0) axe.withRules(rules);
  else
    axe
      .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'])
      // It takes what scrolls under a bar for too small to hit; `small` asks for more and does not.
      .disableRules(['target-size']);
  const { violations } = await axe.analyze();
  return violations
    .filter((finding) => finding.impact === 'serious' || finding.impact === 'critical')
    .map((finding) => `${finding.id}: ${finding.nodes.map((node) => node.target.join(' ')).join(' | ')}`);
}

/** What one taps on a phone and is smaller than a thumb (44 px); boxes count with the label around them. */
export function small(page: Page): Promise<string[]> {
  return page.evaluate(() =>
    [...document.querySelectorAll<HTMLElement>('a, button, input, select, textarea, label:has(input)')]
      .filter((item) => !item.closest('.sr, [inert]') && !(item.matches('input') && item.closest('label')))
      .map((item) => ({ item, box: item.getBoundingClientRect() }))
      .filter(({ box }) => box.width > 0 && box.height > 0 && (box.width < 43.5 || box.height < 43.5))
      .map(
        ({ item, box }) => `${item.tagName} "${item.innerText || item.ariaLabel}" ${box.width}×${box.height}`,
      ),
  );
}

/** By how many pixels the page is wider than its window. */
export function tooWide(page: Page): Promise<number> {
  return page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
}

export async function fits(page: Page): Promise<void> {
  expect(await tooWide(page), 'the page must not scroll sideways').toBeLessThanOrEqual(0);
}

/** The rows of a list, whatever they look like at this size. */
export function rows(page: Page, wide: boolean): Locator {
  return wide ? page.locator('tbody tr') : page.getByRole('tabpanel').getByRole('listitem');
}

/** Opens a customer of this person that has a phone: beside the list on a desktop, on its own page on a phone. */
export async function openFirst(page: Page, words: Words, wide: boolean): Promise<void> {
  const answer = await page.request.post('/api/v1/objects/customer/query', {
    data: { view: 'mine', sort: [{ field: 'created_at', dir: 'asc' }], limit: 50 },
    headers: ours,
  });
  const { records } = (await answer.json()) as { records: { id: string; fields: Record<string, unknown> }[] };
  const id = records.find((record) => JSON.stringify(record.fields.phone ?? '').includes('****'))?.id;
  if (!id) throw new Error('nobody with a phone');
  await page.goto(wide ? `/records/customer?view=mine&open=${id}` : `/records/customer/${id}`);
  await page.getByRole('tab', { name: words('tab.data') }).waitFor();
}
