import { readdirSync } from 'node:fs';
import { chromium } from '@playwright/test';

const [folder, prefix, out, cols = '5', w = '390', from = '0', to = '99'] = process.argv.slice(2);
const files = readdirSync(folder)
  .filter((f) => f.startsWith(prefix))
  .sort()
  .slice(+from, +to);
const b = await chromium.launch({
  executablePath: '/usr/bin/chromium',
  args: ['--headless', '--no-sandbox', '--disable-gpu', '--allow-file-access-from-files'],
});
const p = await b.newPage({ viewport: { width: +cols * (+w + 10), height: 900 } });

import { writeFileSync } from 'node:fs';

writeFileSync(
  '/tmp/web-montage.html',
  `<body style="margin:0;background:#888;display:flex;flex-wrap:wrap;gap:8px">${files.map((f) => `<div style="font:12px sans-serif;color:#fff">${f}<br><img src="file://${folder}/${f}" width="${w}"></div>`).join('')}</body>`,
);
await p.goto('file:///tmp/web-montage.html');
await p.waitForLoadState('networkidle');
await p.screenshot({ path: out, fullPage: true });
await b.close();
