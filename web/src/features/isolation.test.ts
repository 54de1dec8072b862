/** Feature folders may import what is shared, never each other; and `ui` knows nothing of the API. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

function files(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? files(path) : /\.tsx?$/.test(entry.name) ? [path] : [];
  });
}
const imports = (path: string) =>
  [...readFileSync(path, 'utf8').matchAll(/from '([^']+)'/g)].map((match) => match[1] ?? '');

it('no feature imports another', () => {
  const crossings = files('src/features').flatMap((path) =>
    imports(path)
      .filter((name) => name.startsWith('@/features/') || name.startsWith('../'))
      .map((name) => `${path} → ${name}`),
  );
  expect(crossings).toEqual([]);
});

it('shared code imports no feature', () => {
  const crossings = [
    'src/api',
    'src/fields',
    'src/ledger',
    'src/records',
    'src/ui',
    'src/offline',
    'src/i18n',
  ]
    .flatMap(files)
    .filter((path) => imports(path).some((name) => name.includes('features/')));
  expect(crossings).toEqual([]);
});

it('ui knows neither the API nor the words', () => {
  const crossings = files('src/ui').filter((path) =>
    imports(path).some((name) => /^@\/(api|i18n|records|fields)/.test(name)),
  );
  expect(crossings).toEqual([]);
});
