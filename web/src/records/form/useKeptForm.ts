/**
 * What was changed of something that is published as a version: kept as a draft together with the version it was begun
 * from, so that a link that is followed in between takes nothing away and nothing newer is overwritten.
 */
import { useState } from 'react';
import { dropDraft, readDraft, writeDraft } from '@/offline/drafts';

type Version = { version: number };

/** The version that a kept form was begun from; null when none is kept. */
export function keptBase<B extends Version>(draft: string): B | null {
  return (readDraft(draft).base as B | undefined) ?? null;
}

/** What is kept of a form that begins from this version, otherwise what it starts with. */
export function keptValue<T>(draft: string, base: Version, start: T): T {
  const kept = readDraft(draft) as { base?: Version; value?: T };
  return kept.base?.version === base.version && kept.value !== undefined ? kept.value : start;
}

/** Changed back by hand, there is nothing to keep. */
export function keepValue<T>(draft: string, base: Version, start: T, value: T): void {
  if (JSON.stringify(value) === JSON.stringify(start)) dropDraft(draft);
  else writeDraft(draft, { base, value }, []);
}

export function useKeptForm<T>(
  draft: string,
  base: Version,
  start: T,
): [value: T, keep: (next: T) => void, drop: () => void] {
  const [value, setValue] = useState(() => keptValue(draft, base, start));
  const keep = (next: T) => {
    setValue(next);
    keepValue(draft, base, start, next);
  };
  const drop = () => {
    setValue(start);
    dropDraft(draft);
  };
  return [value, keep, drop];
}
