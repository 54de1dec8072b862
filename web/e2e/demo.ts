/** A demo company for the stories: the binary, its people, and how to sign in as one of them. */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import AxeBuilder from '@axe-core/playwright';
import { test as base, expect, type Locator, type Page } from '@playwright/test';
import { en } from '../src/i18n/en';
import { fill, type Key } from '../src/i18n/index';
import { zh } from '../src/i18n/zh-CN';

export type Person = { login: string; password: string; role: string; name: string; department: string };
export type Demo = { url: string; data_dir?: string; people: Person[] };

/** Starts `kedun demo` and reads its one line; KEDUN_DEMO may hold such a line for a server already running. */
export async function startDemo(): Promise<{ demo: Demo; stop: () => void }> {
  const running = process.env.KEDUN_DEMO;
  if (running) return { demo: JSON.parse(running) as Demo, stop: () => undefined };
  const binary = process.env.KEDUN_BIN;
  if (!binary) throw new Error('Set KEDUN_BIN to the kedun binary.');
  const child = spawn(binary, ['demo', '--json', '--port', '0'], { stdio: ['ignore', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout });
  const demo = await new Promise<Demo>((resolve, reject) => {
    lines.once('line', (line) => resolve(JSON.parse(line) as Demo));
    child.once('exit', (code) => reject(new Error(`kedun demo ended with ${code}`)));
  });
  return { demo, stop: () => child.kill('SIGTERM') };
}

type Words = (key: Key, values?: Record<string, string | number>) => string;
type Fixtures = { words: Words; english: boolean; rep: Person; manager: Person; wide: boolean };

export const test = base.extend<Fixtures, { demo: Demo }>({
  demo: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names it destructures
    async ({}, use) => {
      const { demo, stop } = await startDemo();
      await use(demo);
      stop();
    },
    { scope: 'worker', timeout: 120_000 },
  ],
  baseURL: async ({ demo }, use) => use(demo.url),
  english: async ({ locale }, use) => use(locale === 'en'),
  words: async ({ english }, use) => use((key, values = {}) => fill(english ? en[key] : zh[key], values)),
  rep: async ({ demo }, use) => use(personWith(demo, /rep|代表/i)),
  manager: async ({ demo }, use) => use(personWith(demo, /manager|主管/i)),
  wide: async ({ viewport }, use) => use((viewport?.width ?? 0) >= 1024),
});
export { expect };

function personWith(demo: Demo, role: RegExp): Person {
  const person = demo.people.find((candidate) => role.test(candidate.role));
  if (!person) throw new Error(`no demo person with role ${role}`);
  return person;
}

export async function signIn(page: Page, words: Words, person: Person): Promise<void> {
  const english = words('save') === 'Save';
  await page.addInitScript(
    (language) => {
      if (!localStorage.getItem('kedun.language')) localStorage.setItem('kedun.language', language);
    },
    english ? 'en' : 'zh-CN',
  );
  await page.goto('/sign-in');
  await page.getByLabel(words('signin.login')).fill(person.login);
  await page.getByLabel(words('signin.password'), { exact: true }).fill(person.password);
  await page.getByRole('button', { name: words('signin.go'), exact: true }).click();
  await expect(page.getByRole('heading', { level: 1, name: words('today.title') })).toBeVisible();
  // The server may remember another language for this person; the story speaks its own.
  await page.request.put('/api/v1/me/language', {
    data: { language: english ? 'en' : 'zh-CN' },
    headers: { 'X-Kedun-Request': '1' },
  });
}

/** No serious finding of axe, no sideways scrolling: asked of every screen a story visits. */
export async function sound(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page })
    .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'])
    .analyze();
  const serious = violations
    .filter((finding) => finding.impact === 'serious' || finding.impact === 'critical')
    .map((finding) => `${finding.id}: ${finding.nodes.map((node) => node.target.join(' ')).join(' | ')}`);
  expect(serious).toEqual([]);
  await fits(page);
}

export async function fits(page: Page): Promise<void> {
  const over = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  expect(over, 'the page must not scroll sideways').toBeLessThanOrEqual(0);
}

/** The rows of a list, whatever they look like at this size. */
export function rows(page: Page, wide: boolean): Locator {
  return wide ? page.locator('tbody tr') : page.getByRole('tabpanel').getByRole('listitem');
}

/** Opens the first record of a list that this person owns. */
export async function openFirst(page: Page, words: Words, wide: boolean): Promise<void> {
  await page.goto('/records/customer?view=mine');
  await rows(page, wide).first().waitFor();
  if (wide) await rows(page, wide).first().getByRole('button').first().click();
  else await rows(page, wide).first().getByRole('link').first().click();
  await page.getByRole('tab', { name: words('tab.data') }).waitFor();
}
