/**
 * Printing: what is on the page and holds somebody's data is written down before it goes to paper, or it does not go.
 *
 * The browser begins to print when its event returns, so the row is written by the one call that blocks. Where it
 * cannot be written, the style sheet prints a sentence instead of the page.
 */
import { useEffect, useSyncExternalStore } from 'react';
import { flushSync } from 'react-dom';
import { postBeforeReturning, seg } from '@/api/client';
import { t } from '@/i18n';

/** Most records of one print, as the server has it; more is an export. */
export const MOST_PRINTED = 200;

type Shown = { object: string; ids: () => string[] };
const shown = new Set<Shown>();
let printing = false;
let theme: string | undefined;
const listeners = new Set<() => void>();

function set(next: boolean): void {
  printing = next;
  for (const listener of listeners) listener();
}

/** Says which records a component shows, while it is on the page. */
export function useOnPaper(object: string, ids: () => string[]): void {
  useEffect(() => {
    const item = { object, ids };
    shown.add(item);
    return () => {
      shown.delete(item);
    };
  });
}

/** The same for a list in which each says what it is. One that this person knows only by number has no title and no name. */
export function useEachOnPaper(
  records: readonly { object: string; id: string; title: string | undefined }[],
): void {
  useEffect(() => {
    const items = records
      .filter(({ title }) => title)
      .map(({ object, id }): Shown => ({ object, ids: () => [id] }));
    for (const item of items) shown.add(item);
    return () => {
      for (const item of items) shown.delete(item);
    };
  });
}

/** True while the browser takes the page to paper: lists draw what they otherwise leave out. */
export function usePrinting(): boolean {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => printing,
  );
}

/** By object, each record once, as many at a time as one row may name. */
export function prints(items: Iterable<Shown>): { object: string; records: string[] }[] {
  const byObject = new Map<string, Set<string>>();
  for (const { object, ids } of items) {
    const known = byObject.get(object) ?? new Set<string>();
    for (const id of ids()) known.add(id);
    byObject.set(object, known);
  }
  return [...byObject].flatMap(([object, ids]) => {
    const all = [...ids];
    const parts = [];
    for (let at = 0; at < all.length; at += MOST_PRINTED)
      parts.push({ object, records: all.slice(at, at + MOST_PRINTED) });
    return parts;
  });
}

function begin(): void {
  const written = prints(shown).every(({ object, records }) =>
    postBeforeReturning(`/objects/${seg(object)}/prints`, { records }),
  );
  const { dataset } = document.documentElement;
  dataset.print = written ? 'yes' : 'no';
  dataset.printRefused = t('print.refused');
  // Ink is dear and paper is white.
  theme = dataset.theme;
  dataset.theme = 'light';
  if (written) flushSync(() => set(true));
}
function end(): void {
  if (theme) document.documentElement.dataset.theme = theme;
  set(false);
}

export function startPaper(): void {
  addEventListener('beforeprint', begin);
  addEventListener('afterprint', end);
}
