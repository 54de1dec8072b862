/** What the log says was done is said in words, whatever it was: the server's actions beside the catalogue. */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { zh } from '@/i18n/zh-CN';
import { actions } from './actions';

const crates = '../crates';
const sources = readdirSync(crates, { recursive: true, encoding: 'utf8' })
  .filter((path) => /^(core|vault|server)\/src\/.*\.rs$/.test(path) && !/tests?\.rs$|\/tests\//.test(path))
  .map((path) => readFileSync(`${crates}/${path}`, 'utf8'));

/** Named where an act is made; and what is named like one of them elsewhere, since some are made by a function of many. */
function written(texts: string[]): string[] {
  const made = texts.flatMap((text) => [...text.matchAll(/Act::new\(\s*"([a-z_]+\.[a-z_]+)"/g)]);
  const found = new Set(made.map(([, action = '']) => action));
  // Settings of the operator begin with `push` too, and terms and duties with `retention`.
  const kinds = [...found]
    .map((action) => action.split('.')[0])
    .filter((kind) => !['push', 'retention', 'people'].includes(kind ?? ''));
  const alike = new RegExp(`"((?:${[...new Set(kinds)].join('|')})\\.[a-z_]+)"`, 'g');
  for (const [, action = ''] of texts.flatMap((text) => [...text.matchAll(alike)])) found.add(action);
  return [...found].sort();
}

describe('the actions of the log', () => {
  const found = written(sources);

  it('are found where they are made', () => {
    expect(written(['Act::new(\n  "a.b")', 'act("a.c")', '"push.hosts"'])).toEqual(['a.b', 'a.c']);
    expect(found).toEqual(expect.arrayContaining(['record.read', 'rights.answer', 'session.refused']));
  });

  it('have words, each of them', () => {
    expect(found.filter((action) => !(`ledger.act.${action}` in zh))).toEqual([]);
  });

  it('are not offered for what nothing does', () => {
    expect(actions.filter((action) => !found.includes(action))).toEqual([]);
  });
});
