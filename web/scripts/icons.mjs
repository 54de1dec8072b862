/** Draws the PNG icons of the manifest from icon.svg. Run by hand when the mark changes. */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { chromium } from '@playwright/test';

const folder = fileURLToPath(new URL('../public/', import.meta.url));
// A square ground, so that round masks do not cut into the corners' paper.
const svg = readFileSync(`${folder}icon.svg`, 'utf8').replace('rx="112"', 'rx="0"');
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--headless', '--no-sandbox', '--disable-gpu'],
});
for (const size of [192, 512]) {
  const page = await browser.newPage({ viewport: { width: size, height: size } });
  await page.setContent(
    `<style>*{margin:0}svg{display:block;width:${size}px;height:${size}px}</style>${svg}`,
  );
  writeFileSync(`${folder}icon-${size}.png`, await page.screenshot());
  await page.close();
}
await browser.close();
