/**
 * Every screen at both sizes, in both languages and both themes, from the real binary: to be looked at.
 *
 *   KEDUN_BIN=… node scripts/screenshots.mjs [folder] [only]     e.g. `only` = 390-zh-CN-light
 *
 * KEDUN_DEMO may hold the JSON line of a demo already running.
 */
import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { chromium } from '@playwright/test';

const [folder = '../screenshots', only = ''] = process.argv.slice(2);
mkdirSync(folder, { recursive: true });

async function startDemo() {
  if (process.env.KEDUN_DEMO) return { demo: JSON.parse(process.env.KEDUN_DEMO), stop: () => undefined };
  if (!process.env.KEDUN_BIN) throw new Error('Set KEDUN_BIN to the kedun binary.');
  const child = spawn(process.env.KEDUN_BIN, ['demo', '--json', '--port', '0'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const demo = await new Promise((resolve, reject) => {
    createInterface({ input: child.stdout }).once('line', (line) => resolve(JSON.parse(line)));
    child.once('exit', (code) => reject(new Error(`kedun demo ended with ${code}`)));
  });
  return { demo, stop: () => child.kill('SIGTERM') };
}

const sizes = [
  [390, 844],
  [1440, 900],
  [360, 740],
];
const problems = [];
const { demo, stop } = await startDemo();
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-sync'],
});

for (const [width, height] of sizes)
  for (const language of ['zh-CN', 'en'])
    for (const theme of ['light', 'dark'])
      if (`${width}-${language}-${theme}`.includes(only)) await tour(width, height, language, theme);

await browser.close();
stop();
console.log(problems.join('\n') || 'No problem seen; now look at the pictures.');
process.exit(problems.length > 0 ? 1 : 0);

async function tour(width, height, language, theme) {
  const tag = `${width}-${language}-${theme}`;
  const phone = width < 500;
  const context = await browser.newContext({
    baseURL: demo.url,
    viewport: { width, height },
    locale: language,
    colorScheme: theme,
    hasTouch: phone,
    isMobile: phone,
    serviceWorkers: 'block',
  });
  await context.addInitScript((code) => localStorage.setItem('kedun.language', code), language);
  const page = await context.newPage();
  page.on('pageerror', (error) => problems.push(`${tag}: ${error.message}`));
  page.on('console', (message) => {
    if (/Content Security Policy/.test(message.text())) problems.push(`${tag}: ${message.text()}`);
  });

  let at = 0;
  async function shot(name) {
    await page.waitForTimeout(400);
    const over = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    if (over > 0) problems.push(`${tag} ${name}: ${over} px too wide`);
    at += 1;
    await page.screenshot({ path: `${folder}/${tag}-${String(at).padStart(2, '0')}-${name}.png` });
  }
  async function open(path, name) {
    await page.goto(path);
    await page.locator('h1, h2').first().waitFor();
    await page.waitForLoadState('networkidle').catch(() => undefined);
    await shot(name);
  }
  /** A sheet that some people may not have: its absence is not a problem. */
  async function sheet(button, name) {
    if (!(await button.isVisible().catch(() => false))) return;
    await button.click();
    await page.getByRole('dialog').waitFor();
    await shot(name);
    await page.keyboard.press('Escape');
  }
  /** An export that is there at once, and one that waits for the manager. */
  async function order() {
    const filter = { all: [{ field: 'level', op: 'in', value: ['A'] }] };
    for (const clear of [false, true]) {
      const answer = await page.request.post('/api/v1/exports', {
        data: {
          object: 'customer',
          fields: ['name', 'phone', 'level', 'stage'],
          filter,
          purpose: clear ? 'contract' : 'visit_plan',
          format: 'xlsx',
          ...(clear ? { clear } : {}),
        },
        headers: { 'X-Kedun-Request': '1' },
      });
      if (!answer.ok()) problems.push(`${tag}: no export, ${answer.status()} ${await answer.text()}`);
    }
  }
  async function signIn(person) {
    await page.goto('/sign-in');
    await page.locator('#login').waitFor();
    if (at === 0) await shot('sign-in');
    await page.locator('#login').fill(person.login);
    await page.locator('#password').fill(person.password);
    await page.locator('form button[type=submit]').click();
    await page.waitForURL((url) => url.pathname === '/');
    await page.request.put('/api/v1/me/preferences/tour.welcome', {
      data: { value: { seen: 1 } },
      headers: { 'X-Kedun-Request': '1' },
    });
    await page.request.put('/api/v1/me/language', {
      data: { language },
      headers: { 'X-Kedun-Request': '1' },
    });
  }

  try {
    const person = (role) => demo.people.find((candidate) => role.test(candidate.role)) ?? demo.people[0];
    await signIn(person(/rep|代表/i));
    await open('/', 'today');
    await open('/records/customer', 'list');
    const answer = await page.request.post('/api/v1/objects/customer/query', {
      data: { view: 'mine', limit: 1 },
      headers: { 'X-Kedun-Request': '1' },
    });
    const id = (await answer.json()).records?.[0]?.id;
    if (id && !phone) await open(`/records/customer?view=mine&open=${id}`, 'panel');
    if (id) {
      await open(`/records/customer/${id}`, 'record');
      await sheet(page.locator('[data-composer] button').first(), 'follow-up');
      const tabs = page.getByRole('tab');
      for (let index = 1; index < (await tabs.count()); index += 1) {
        await tabs.nth(index).click();
        await shot(`tab-${index}`);
      }
      await tabs.nth(1).click();
      const lock = page.locator('[role=tabpanel] button:has-text("****")').first();
      await sheet(lock, 'purpose');
    }
    await open('/new/customer', 'new-customer');
    await page.locator('form button[type=submit]').click();
    await shot('new-customer-missing');
    await open('/follow-up', 'whom');
    await order();
    await open('/approvals', 'approvals');
    await open('/exports', 'exports');
    await open('/me', 'me');
    await open('/me/devices', 'devices');
    await open('/me/security', 'security');
    await open('/records/customer/does-not-exist', 'not-found');
    await context.clearCookies();
    await signIn(person(/manager|主管/i));
    await open('/', 'manager-today');
    await open('/approvals', 'manager-approvals');
    await sheet(page.locator('main li button').first(), 'manager-task');
  } catch (error) {
    problems.push(`${tag}: ${error.message.split('\n')[0]}`);
  }
  await context.close();
}
