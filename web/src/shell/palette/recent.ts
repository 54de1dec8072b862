/**
 * What was opened from the palette lately. Titles of records are names of customers, so it lives in memory and dies
 * with the page; signing out loads a new one.
 */
export type Recent =
  | { kind: 'record'; object: string; id: string; title: string }
  | { kind: 'entry'; key: string };

const MOST = 6;
let recent: Recent[] = [];

const same = (a: Recent, b: Recent) =>
  a.kind === 'record' ? b.kind === 'record' && a.id === b.id : b.kind === 'entry' && a.key === b.key;

export const recents = (): Recent[] => recent;

export function remember(item: Recent): void {
  recent = [item, ...recent.filter((other) => !same(item, other))].slice(0, MOST);
}
