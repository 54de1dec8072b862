/**
 * Every screen of the app, once: what the pictures are taken of, and what the checks of all screens walk through.
 *
 * A new screen is one line here; a route that has none fails (11-screens.story.ts).
 */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, type Page } from '@playwright/test';
import type { Key } from '../src/i18n/index';
import { businessCard } from './pieces';

/** Whose screen it is: nobody has no session, the newcomer has a one-time password, the unenrolled a house
 * that demands a second factor, of the others the demo has one each. */
export type Who =
  | 'nobody'
  | 'newcomer'
  | 'unenrolled'
  | 'rep'
  | 'intern'
  | 'manager'
  | 'service'
  | 'legal'
  | 'system_admin'
  | 'security_admin'
  | 'audit_admin';

export type Stage = {
  page: Page;
  words: (key: Key, values?: Record<string, string | number>) => string;
  wide: boolean;
  /** Ids by the names that stand in braces. */
  scene: Record<string, string>;
};

export type Screen = {
  /** The name of its picture; unique. */
  name: string;
  who: Who;
  /** An address. What stands in braces is found by `ids`, or was made by the scene (scene.ts). */
  path: string;
  /** What one does there before there is something to see: open a tab, a sheet. */
  act?: (stage: Stage) => Promise<void>;
  /** For what exists at one size only. */
  only?: 'phone' | 'desktop';
};

export const screens: Screen[] = [
  { name: 'sign-in', who: 'nobody', path: '/sign-in' },
  { name: 'sign-in-refused', who: 'nobody', path: '/sign-in', act: guess },

  { name: 'today', who: 'rep', path: '/' },
  { name: 'today-plus', who: 'rep', path: '/', act: sheet('nav.plus') },
  { name: 'today-palette', who: 'rep', path: '/', act: sheet('palette.open') },
  { name: 'today-help', who: 'rep', path: '/', act: sheet('help.open') },
  { name: 'today-notifications', who: 'rep', path: '/', act: sheet('notifications.open') },
  { name: 'list', who: 'rep', path: '/records/customer' },
  { name: 'list-filter', who: 'rep', path: '/records/customer', act: sheet('filter.add') },
  {
    name: 'list-columns',
    who: 'rep',
    path: '/records/customer',
    only: 'desktop',
    act: sheet('columns.title'),
  },
  { name: 'list-export', who: 'rep', path: '/records/customer?view=mine', act: sheet('action.export') },
  { name: 'list-none', who: 'rep', path: '/records/customer', act: search('没有这样的客户名称') },
  { name: 'list-pool', who: 'rep', path: '/records/customer?view=pool' },
  { name: 'list-bin', who: 'rep', path: '/records/customer?view=bin' },
  { name: 'list-leads', who: 'rep', path: '/records/lead' },
  { name: 'lead-convert', who: 'rep', path: '/records/lead/{lead}', act: convert },
  { name: 'list-opportunities', who: 'rep', path: '/records/opportunity' },
  { name: 'panel', who: 'rep', path: '/records/customer?view=mine&open={customer}', only: 'desktop' },
  { name: 'record', who: 'rep', path: '/records/customer/{customer}' },
  { name: 'record-data', who: 'rep', path: '/records/customer/{customer}', act: tab('tab.data') },
  { name: 'record-edit', who: 'rep', path: '/records/customer/{customer}', act: edit },
  { name: 'record-more', who: 'rep', path: '/records/customer/{customer}', act: press('more') },
  { name: 'record-follow-up', who: 'rep', path: '/records/customer/{customer}', act: compose },
  { name: 'record-purpose', who: 'rep', path: '/records/customer/{customer}', act: unmask },
  {
    name: 'record-audience',
    who: 'manager',
    path: '/records/customer/{customer}',
    act: tab('tab.audience'),
  },
  { name: 'record-files', who: 'rep', path: '/records/customer/{customer}', act: tab('tab.files') },
  { name: 'record-history', who: 'rep', path: '/records/customer/{customer}', act: tab('tab.history') },
  { name: 'record-absent', who: 'rep', path: '/records/customer/0190a000-0000-7000-8000-000000000000' },
  { name: 'record-share', who: 'rep', path: '/records/customer/{customer}', act: share },
  { name: 'list-batch', who: 'rep', path: '/records/customer?view=mine', act: sheet('batch.open') },
  { name: 'new-customer', who: 'rep', path: '/new/customer' },
  { name: 'new-customer-missing', who: 'rep', path: '/new/customer', act: press('save') },
  { name: 'new-customer-card', who: 'rep', path: '/new/customer', act: card },
  { name: 'new-lead', who: 'rep', path: '/new/lead' },
  { name: 'follow-up-whom', who: 'rep', path: '/follow-up' },
  { name: 'rep-approvals', who: 'rep', path: '/approvals' },
  { name: 'exports', who: 'rep', path: '/exports' },
  { name: 'me', who: 'rep', path: '/me' },
  { name: 'push-unavailable', who: 'rep', path: '/me', act: push({ state: 'unavailable' }) },
  { name: 'push-off', who: 'rep', path: '/me', act: push({ state: 'off' }) },
  { name: 'push-on', who: 'rep', path: '/me', act: push({ state: 'on' }) },
  { name: 'push-denied', who: 'rep', path: '/me', act: push({ state: 'off', permission: 'denied' }) },
  { name: 'push-unsupported', who: 'rep', path: '/me', act: push({ state: 'off', permission: 'none' }) },
  { name: 'push-install', who: 'rep', path: '/me', act: push({ state: 'off', permission: 'apple' }) },
  { name: 'push-unreachable', who: 'rep', path: '/me', act: push({ state: 'off', tap: true }) },
  { name: 'devices', who: 'rep', path: '/me/devices' },
  { name: 'security', who: 'rep', path: '/me/security' },
  { name: 'no-such-page', who: 'rep', path: '/there-is-no-such-page' },

  { name: 'intern-list', who: 'intern', path: '/records/customer' },
  { name: 'intern-today', who: 'intern', path: '/' },
  { name: 'service-list', who: 'service', path: '/records/complaint' },

  { name: 'manager-today', who: 'manager', path: '/' },
  { name: 'board', who: 'manager', path: '/board' },
  { name: 'board-tables', who: 'manager', path: '/board', act: tables },
  { name: 'rep-board', who: 'rep', path: '/board' },
  { name: 'audit-board', who: 'audit_admin', path: '/board' },
  { name: 'manager-list', who: 'manager', path: '/records/customer' },
  { name: 'manager-approvals', who: 'manager', path: '/approvals' },
  { name: 'manager-task', who: 'manager', path: '/approvals', act: firstTask },

  { name: 'spot-checks', who: 'manager', path: '/spot-checks' },
  { name: 'spot-check', who: 'manager', path: '/spot-checks/{spotCheck}' },
  { name: 'my-scores', who: 'rep', path: '/me/scores' },

  { name: 'handovers', who: 'system_admin', path: '/handovers' },
  { name: 'handover-begin', who: 'system_admin', path: '/handovers', act: sheet('handovers.begin') },
  { name: 'handover', who: 'system_admin', path: '/handovers/{handover}' },

  { name: 'public', who: 'nobody', path: '/p' },
  { name: 'public-mine', who: 'nobody', path: '/p#{link}' },
  { name: 'public-wrong', who: 'nobody', path: '/p#not-a-link' },
  { name: 'welcome', who: 'newcomer', path: '/welcome' },
  { name: 'second-factor', who: 'unenrolled', path: '/second-factor' },
  { name: 'outbox', who: 'rep', path: '/outbox' },

  { name: 'manager-alerts', who: 'manager', path: '/alerts' },
  { name: 'alerts', who: 'security_admin', path: '/alerts?tab=all' },
  { name: 'looks', who: 'security_admin', path: '/looks' },
  { name: 'register', who: 'audit_admin', path: '/register' },
  { name: 'ledger', who: 'audit_admin', path: '/ledger' },
  { name: 'rep-ledger', who: 'rep', path: '/ledger' },
  { name: 'looks-reveals', who: 'security_admin', path: '/looks?kind=reveal' },
  { name: 'register-reviews', who: 'audit_admin', path: '/register?tab=reviews' },
  { name: 'register-trace', who: 'audit_admin', path: '/register?tab=trace' },

  { name: 'legal-today', who: 'legal', path: '/' },
  { name: 'rights', who: 'legal', path: '/rights' },
  { name: 'rights-one', who: 'legal', path: '/rights/{request}' },
  { name: 'retention', who: 'legal', path: '/retention' },
  { name: 'erasures', who: 'legal', path: '/erasures' },
  { name: 'erasure', who: 'legal', path: '/erasures/{erasure}' },

  { name: 'people', who: 'system_admin', path: '/people' },
  { name: 'people-new', who: 'system_admin', path: '/people', act: sheet('people.new') },
  { name: 'departments', who: 'system_admin', path: '/departments' },
  { name: 'system-settings', who: 'system_admin', path: '/settings' },
  { name: 'security-people', who: 'security_admin', path: '/people' },
  { name: 'roles', who: 'security_admin', path: '/roles' },
  { name: 'role-new', who: 'security_admin', path: '/roles/new-role' },
  { name: 'role-new-like', who: 'security_admin', path: '/roles/new-role?from=rep' },
  { name: 'role', who: 'security_admin', path: '/roles/intern' },
  { name: 'who', who: 'security_admin', path: '/who' },
  { name: 'sessions', who: 'security_admin', path: '/sessions' },
  { name: 'security-settings', who: 'security_admin', path: '/settings' },
  { name: 'system-today', who: 'system_admin', path: '/' },
  { name: 'security-today', who: 'security_admin', path: '/' },
  { name: 'audit-today', who: 'audit_admin', path: '/' },
  { name: 'audit-forbidden', who: 'audit_admin', path: '/records/customer' },
];

/** What stands in braces in a path: how its value is found, asked with the rights of whom the screen is. */
export const ids: Record<string, (ask: Ask) => Promise<string | undefined>> = {
  customer: async (ask) => {
    const sort = [{ field: 'created_at', dir: 'asc' }];
    for (const view of [{ view: 'mine' }, {}]) {
      const { records = [] } = await ask('POST', '/objects/customer/query', { ...view, sort, limit: 50 });
      const found = records.find((one: { fields: object }) => JSON.stringify(one.fields).includes('****'));
      if (found ?? records[0]) return (found ?? records[0]).id;
    }
    return undefined;
  },
  lead: async (ask) => {
    const filter = { field: 'status', op: 'in', value: ['qualified', 'contacting'] };
    const body = { view: 'mine', filter, sort: [{ field: 'created_at', dir: 'asc' }], limit: 1 };
    return (await ask('POST', '/objects/lead/query', body)).records?.[0]?.id;
  },
  spotCheck: async (ask) => (await ask('GET', '/spot_checks')).checks?.[0]?.id,
  handover: async (ask) => (await ask('GET', '/handovers')).handovers?.[0]?.id,
};

// biome-ignore lint/suspicious/noExplicitAny: the replies that ids are read from have many shapes
export type Ask = (method: string, path: string, data?: unknown) => Promise<any>;

/** The address of a screen for whoever is signed in on this page, or null when the demo has nothing to show there. */
export async function addressOf(screen: Screen, { page, scene }: Stage): Promise<string | null> {
  const ask: Ask = async (method, path, data) => {
    const headers = { 'X-Kedun-Request': '1' };
    const answer = await page.request.fetch(`/api/v1${path}`, { method, headers, ...(data ? { data } : {}) });
    return answer.ok() ? answer.json() : {};
  };
  let path = screen.path;
  for (const [hole, name = ''] of screen.path.matchAll(/\{(\w+)\}/g)) {
    const id = scene[name] || (await ids[name]?.(ask));
    if (!id) return null;
    path = path.replace(hole, id);
  }
  return path;
}

/** Opens a screen and waits until it stands still: nothing is loading any more, and what it slides in is there. */
export async function open(screen: Screen, stage: Stage): Promise<boolean> {
  const address = await addressOf(screen, stage);
  if (address === null) return false;
  await stage.page.goto(address);
  await settle(stage.page);
  if (screen.act) {
    await screen.act(stage);
    await settle(stage.page);
  }
  return true;
}

export async function settle(page: Page): Promise<void> {
  await page.locator('h1, h2').first().waitFor();
  await expect(page.locator('[class*=skeleton], [aria-busy=true]')).toHaveCount(0, { timeout: 20_000 });
  await page.evaluate(() => Promise.all(document.getAnimations().map((one) => one.finished.catch(() => 0))));
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
}

/** The routes of the app, as its source spells them: `/records/$object`. */
export function routes(): string[] {
  const source = fileURLToPath(new URL('../src/', import.meta.url));
  const files = [`${source}routes.tsx`];
  const more = `${source}routes`;
  if (statSync(more, { throwIfNoEntry: false })?.isDirectory())
    files.push(...readdirSync(more).map((file) => `${more}/${file}`));
  return files
    .flatMap((file) => [...readFileSync(file, 'utf8').matchAll(/\bpath:\s*'([^']+)'/g)])
    .map(([, path = '']) => `/${path.replace(/^\//, '')}`);
}

/** The route that a screen is on. A path that none answers shows what the app says about unknown pages. */
export function routeOf(screen: Screen, known = routes()): string | undefined {
  const path = screen.path.replace(/[?#].*$/, '').split('/');
  const fits = (route: string) => {
    const parts = route.split('/');
    return parts.length === path.length && parts.every((part, at) => /^\$./.test(part) || part === path[at]);
  };
  // What is spelled out wins over what stands for anything.
  return known.filter(fits).sort((a, b) => a.split('$').length - b.split('$').length)[0];
}

type Asked = { state: 'unavailable' | 'off' | 'on'; permission?: 'denied' | 'none' | 'apple'; tap?: true };

/**
 * The card of push in one of its states. The demo knocks at nobody, and a browser without a window says "denied" of
 * itself; so what the house says of this device and what the browser says of itself is put there, and the card is
 * drawn from it.
 */
function push({ state, permission, tap }: Asked) {
  return async ({ page, words }: Stage) => {
    const at = '**/api/v1/me/push';
    const json = state === 'unavailable' ? { state } : { state, key: 'BA' };
    await page.unroute(at);
    await page.route(at, (route) => route.fulfill({ json }));
    const browser = await page.addInitScript((permission) => {
      const says = (of: object, name: string, get: () => unknown) =>
        Object.defineProperty(of, name, { configurable: true, get });
      says(Notification, 'permission', () => (permission === 'denied' ? 'denied' : 'granted'));
      Notification.requestPermission = async () => 'granted';
      if (permission === 'none') Reflect.deleteProperty(globalThis, 'PushManager');
      if (permission === 'apple') says(navigator, 'userAgent', () => 'iPhone');
      // No worker in a picture: one that never comes is given up at once here, as elsewhere after a while.
      says(navigator.serviceWorker, 'ready', () => Promise.reject(new Error('no worker')));
    }, permission);
    await page.reload();
    await settle(page);
    const region = page.getByRole('region', { name: words('push.title') });
    await region.scrollIntoViewIfNeeded();
    if (tap) {
      await region.getByRole('button', { name: words('push.turn_on') }).click();
      await region.getByRole('alert').waitFor();
    }
    await browser.dispose();
  };
}

async function card({ page, words }: Stage) {
  await page.getByLabel(words('card.shoot')).setInputFiles(await businessCard(page));
  await page
    .getByRole('button', { name: words('card.larger') })
    .getByRole('img')
    .waitFor();
}

function press(key: Key) {
  return async ({ page, words }: Stage) => {
    await page
      .getByRole('button', { name: words(key), exact: true })
      .first()
      .click();
  };
}
/** What opens over the page: its code comes when it is asked for, and it slides in. */
function sheet(key: Key) {
  return async (stage: Stage) => {
    await press(key)(stage);
    await stage.page.getByRole('dialog').first().waitFor();
  };
}
function tab(key: Key) {
  return async ({ page, words }: Stage) => {
    await page.getByRole('tab', { name: words(key) }).click();
  };
}
function search(text: string) {
  return async ({ page, words }: Stage) => {
    await page.getByRole('searchbox').fill(text);
    await page.getByText(words('search.none')).waitFor();
  };
}
async function guess({ page, words }: Stage): Promise<void> {
  await page.getByLabel(words('signin.login')).fill('nobody');
  await page.getByLabel(words('signin.password'), { exact: true }).fill('a guess');
  await page.getByRole('button', { name: words('signin.go'), exact: true }).click();
  await page.getByRole('alert').waitFor();
}
async function compose({ page }: Stage): Promise<void> {
  await page.locator('[data-composer] button').first().click();
  await page.getByRole('dialog').waitFor();
}
async function convert({ page, words }: Stage): Promise<void> {
  const object = words('save') === 'Save' ? 'customer' : '客户';
  await page.getByRole('button', { name: words('convert.run', { object }), exact: true }).click();
  await page.getByRole('dialog').getByRole('textbox').first().waitFor();
}
async function edit(stage: Stage): Promise<void> {
  await tab('tab.data')(stage);
  await stage.page.getByRole('tabpanel').locator('dd button').first().click();
}
async function unmask(stage: Stage): Promise<void> {
  await tab('tab.data')(stage);
  await stage.page.getByRole('tabpanel').locator('button', { hasText: '****' }).first().click();
  await stage.page.getByRole('dialog').waitFor();
}
/** Every chart as its table. */
async function tables({ page, words }: Stage): Promise<void> {
  const switches = page.getByRole('button', { name: words('chart.as_table') });
  await switches.first().waitFor();
  for (let left = await switches.count(); left > 0; left -= 1) await switches.first().click();
}
async function share(stage: Stage): Promise<void> {
  const { page, words } = stage;
  await press('more')(stage);
  await page.getByRole('button', { name: words('action.share'), exact: true }).click();
  await page.getByRole('dialog').waitFor();
}
async function firstTask({ page }: Stage): Promise<void> {
  await page.locator('main li button').first().click();
  await page.getByRole('dialog').waitFor();
}
