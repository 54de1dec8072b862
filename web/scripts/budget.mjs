/**
 * Fails the build when the first screens grow too heavy for a phone on a bad network.
 *
 * The first load is what sign-in and the customer list need together: entry, their chunks, everything these
 * import statically, one language. Sizes are gzip.
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

const FIRST = 200 * 1024;
const ROUTE = 120 * 1024;
const dist = fileURLToPath(new URL('../dist/', import.meta.url));
const manifest = JSON.parse(readFileSync(`${dist}build.json`, 'utf8'));

const sizes = new Map();
function size(file) {
  if (!sizes.has(file)) sizes.set(file, gzipSync(readFileSync(dist + file), { level: 9 }).length);
  return sizes.get(file);
}
/** The files of a chunk and of everything it imports statically. */
function files(key, seen = new Set(), found = new Set()) {
  const chunk = manifest[key];
  if (!chunk || seen.has(key)) return found;
  seen.add(key);
  found.add(chunk.file);
  for (const css of chunk.css ?? []) found.add(css);
  for (const next of chunk.imports ?? []) files(next, seen, found);
  return found;
}
const sum = (list) => [...list].reduce((total, file) => total + size(file), 0);
const kb = (bytes) => `${(bytes / 1024).toFixed(1)} KB`;

const first = new Set(['index.html']);
const entry = [
  'index.html',
  'src/i18n/zh-CN.ts',
  'src/features/sessions/SignInPage.tsx',
  'src/shell/AppShell.tsx',
  'src/features/records/ListPage.tsx',
];
for (const key of entry) {
  if (!manifest[key]) throw new Error(`budget: ${key} is not in the build; was it renamed?`);
  for (const file of files(key)) first.add(file);
}
const shared = files('index.html');
const routes = Object.keys(manifest)
  .filter((key) => manifest[key].isDynamicEntry && key.startsWith('src/') && !key.startsWith('src/i18n/'))
  .map((key) => [key, sum([...files(key)].filter((file) => !shared.has(file)))]);

let failed = false;
function report(name, bytes, limit) {
  const over = bytes > limit;
  failed ||= over;
  console.log(`${over ? 'OVER ' : 'ok   '}${name.padEnd(48)} ${kb(bytes).padStart(10)} of ${kb(limit)}`);
}
report('first load: sign-in + list', sum(first), FIRST);
for (const [key, bytes] of routes.sort((a, b) => b[1] - a[1])) report(key.replace('src/', ''), bytes, ROUTE);
if (failed) process.exit(1);
