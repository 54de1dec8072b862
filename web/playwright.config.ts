/**
 * The stories, played against the real binary (KEDUN_BIN). Each worker starts its own demo company on a fresh
 * database, so that stories may change what they like.
 */
import { existsSync } from 'node:fs';
import { defineConfig } from '@playwright/test';

const args = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** The whole browser, for what its shell does not have: permissions that are asked for, and knocking. */
export const whole = { executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args };

const shell = '/usr/bin/chromium-headless-shell';
/** The same without windows and all that is drawn around a page, where it is installed: two thirds of the time. */
export const chromium = !process.env.CHROMIUM && existsSync(shell) ? { executablePath: shell, args } : whole;

// On a phone in Chinese and on a desktop in English, which between them see every screen, size and word once;
// KEDUN_ALL_STORIES plays everything in both languages on both.
const all = Boolean(process.env.KEDUN_ALL_STORIES);
const others = all ? ['phone en', 'desktop zh-CN'] : [];
// Whose subject is no screen but a network, a signal, or an office that is kept at a desk, is played where it happens;
// what it looks like at the other size the walk of all screens sees (11-screens).
const onPhones = ['12-again', '12-faults', '13-bell', '18-push', '24-draft-photos'];
const atDesks = [
  '9-administer',
  '10-ledger',
  '13-watching',
  '17-roles',
  '20-manager',
  '21-spot-check',
  '23-retention',
];
const but = (names: string[]) => (all ? [] : names.map((name) => `**/${name}.story.ts`));
const phone = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };
const desktop = { viewport: { width: 1440, height: 900 } };

export default defineConfig({
  testDir: 'e2e',
  testMatch: '*.story.ts',
  globalSetup: './e2e/template.ts',
  outputDir: 'test-results',
  timeout: 60_000,
  expect: { timeout: 8_000 },
  workers: 2,
  // A busy machine may be slow once; what fails twice fails. The report names both.
  retries: 1,
  reporter: [['list']],
  use: {
    launchOptions: chromium,
    serviceWorkers: 'block',
    screenshot: 'only-on-failure',
    // Recording costs a third of the time: ask for it when a story fails and its picture is not enough.
    trace: process.env.KEDUN_TRACE ? 'retain-on-failure' : 'off',
  },
  projects: [
    { name: 'phone zh-CN', testIgnore: but(atDesks), use: { ...phone, locale: 'zh-CN' } },
    { name: 'desktop en', testIgnore: but(onPhones), use: { ...desktop, locale: 'en' } },
    { name: 'phone en', use: { ...phone, locale: 'en' } },
    { name: 'desktop zh-CN', use: { ...desktop, locale: 'zh-CN' } },
  ].filter(({ name }) => others.includes(name) || /phone zh-CN|desktop en/.test(name)),
});
