/**
 * Every screen at both sizes, in both languages and both themes, from the real binary: to be looked at.
 *
 *   KEDUN_BIN=… node scripts/screenshots.mjs [folder] [screens] [variants]
 *
 * `screens` is a pattern of names in e2e/screens.ts (`^list`), `variants` one of 390-zh-CN-light and its like (`dark`).
 * Writes folder/screen/variant.png, and folder/index.html with all of them side by side.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const [given = '../screenshots', some = '', variants = ''] = process.argv.slice(2);
const web = fileURLToPath(new URL('..', import.meta.url));
const folder = resolve(given);
mkdirSync(folder, { recursive: true });

const all = [390, 1440].flatMap((size) =>
  ['zh-CN', 'en'].flatMap((language) => ['light', 'dark'].map((theme) => `${size}-${language}-${theme}`)),
);
const wanted = all.filter((variant) => new RegExp(variants).test(variant));
const ran = spawnSync(
  'npx',
  ['playwright', 'test', '--config', 'e2e/pictures.config.ts', ...wanted.map((name) => `--project=${name}`)],
  {
    cwd: web,
    stdio: 'inherit',
    env: { ...process.env, KEDUN_PICTURES: folder, KEDUN_SCREENS: some },
  },
);

const rows = readdirSync(folder, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => {
    const pictures = readdirSync(`${folder}/${name}`).filter((file) => file.endsWith('.png'));
    const cells = pictures
      .sort((a, b) => Number.parseInt(a, 10) - Number.parseInt(b, 10))
      .map((file) => `<a href="${name}/${file}"><img src="${name}/${file}" alt="${name} ${file}"></a>`);
    return `<h2>${name}</h2><p>${cells.join('')}</p>`;
  });
writeFileSync(
  `${folder}/index.html`,
  `<!doctype html><meta charset="utf-8"><title>Kedun</title>
<style>body{font:14px system-ui;background:#888}p{display:flex;gap:8px;flex-wrap:wrap}img{height:420px}</style>
${rows.join('\n')}`,
);
console.log(`${rows.length} screens in ${folder}/index.html`);
process.exit(ran.status ?? 1);
