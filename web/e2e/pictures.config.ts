/** Not a test: the run that `scripts/screenshots.mjs` starts to take a picture of every screen in every variant. */
import { defineConfig } from '@playwright/test';
import { chromium } from '../playwright.config';

const sizes = { 390: { width: 390, height: 844 }, 1440: { width: 1440, height: 900 } };
const projects = Object.entries(sizes).flatMap(([size, viewport]) =>
  (['zh-CN', 'en'] as const).flatMap((locale) =>
    (['light', 'dark'] as const).map((colorScheme) => ({
      name: `${size}-${locale}-${colorScheme}`,
      use: { viewport, locale, colorScheme, ...(size === '390' ? { hasTouch: true, isMobile: true } : {}) },
    })),
  ),
);

export default defineConfig({
  testDir: '.',
  testMatch: 'pictures.ts',
  globalSetup: './template.ts',
  outputDir: '../test-results/pictures',
  timeout: 600_000,
  workers: 2,
  reporter: [['line']],
  use: { launchOptions: chromium, serviceWorkers: 'block' },
  projects,
});
