/**
 * The stories, played against the real binary (KEDUN_BIN). Each worker starts its own demo company on a fresh
 * database, so that stories may change what they like.
 */
import { defineConfig } from '@playwright/test';

export const chromium = {
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: [
    '--headless',
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ],
};

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
  reporter: [['list']],
  use: {
    launchOptions: chromium,
    serviceWorkers: 'block',
    screenshot: 'only-on-failure',
    // Recording costs a third of the time: ask for it when a story fails and its picture is not enough.
    trace: process.env.KEDUN_TRACE ? 'retain-on-failure' : 'off',
  },
  projects: [
    { name: 'phone zh-CN', use: { ...phone, locale: 'zh-CN' } },
    { name: 'desktop zh-CN', use: { ...desktop, locale: 'zh-CN' } },
    { name: 'phone en', use: { ...phone, locale: 'en' } },
    { name: 'desktop en', use: { ...desktop, locale: 'en' } },
  ],
});
