/** What the build weighs: the first load, and each route on top of it. Bytes as they travel. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, gzipSync } from 'node:zlib';

/** Limits in bytes of gzip. */
export const FIRST = 200 * 1024;
export const ROUTE = 120 * 1024;

const packed = {
  gzip: (bytes) => gzipSync(bytes, { level: 9 }).length,
  brotli: (bytes) => brotliCompressSync(bytes).length,
};

/**
 * The first load is what sign-in and the customer list need together: the entry, everything it imports statically, one
 * language.
 */
export function sizes(encoding = 'gzip', dist = fileURLToPath(new URL('../dist/', import.meta.url))) {
  const manifest = JSON.parse(readFileSync(`${dist}build.json`, 'utf8'));
  const known = new Map();
  const size = (file) => {
    if (!known.has(file)) known.set(file, packed[encoding](readFileSync(dist + file)));
    return known.get(file);
  };
  /** The files of a chunk and of everything it imports statically. */
  const files = (key, seen = new Set(), found = new Set()) => {
    const chunk = manifest[key];
    if (!chunk || seen.has(key)) return found;
    seen.add(key);
    found.add(chunk.file);
    for (const css of chunk.css ?? []) found.add(css);
    for (const next of chunk.imports ?? []) files(next, seen, found);
    return found;
  };
  const sum = (list) => [...list].reduce((total, file) => total + size(file), 0);

  const first = new Set(['index.html']);
  const entries = ['index.html', 'src/i18n/zh-CN/first.ts'];
  for (const key of entries) {
    if (!manifest[key]) throw new Error(`sizes: ${key} is not in the build; was it renamed?`);
    for (const file of files(key)) first.add(file);
  }
  const shared = files('index.html');
  const routes = Object.keys(manifest)
    .filter((key) => manifest[key].isDynamicEntry && key.startsWith('src/') && !key.startsWith('src/i18n/'))
    .map((key) => [key.replace('src/', ''), sum([...files(key)].filter((file) => !shared.has(file)))])
    .sort((a, b) => b[1] - a[1]);
  return { first: sum(first), routes };
}
