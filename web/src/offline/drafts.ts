/**
 * Drafts of forms.
 *
 * What was typed stays in memory, so it survives leaving the form, an error and an expired session. On disk
 * (localStorage, because a closed tab loses everything else) go only choices and plain values of fields
 * classed L1–L2: personal data must not lie in clear on a phone that can be lost, and free text may hold
 * anything. Sign-out and the end of a device wipe both.
 */
import type { FieldDef, FieldKind } from '@/api/contract';

export type Values = Record<string, unknown>;

const PREFIX = 'kedun.draft.';
const memory = new Map<string, Values>();

/** Kinds that cannot carry a person's words, whatever their class. */
const storable: FieldKind[] = [
  'integer',
  'decimal',
  'money',
  'percent',
  'rating',
  'boolean',
  'select',
  'multi_select',
  'date',
  'datetime',
];

export function mayBeStored(def: FieldDef): boolean {
  return (def.class === 'L1' || def.class === 'L2') && storable.includes(def.kind);
}

export function readDraft(key: string): Values {
  const held = memory.get(key);
  if (held) return held;
  try {
    return JSON.parse(localStorage.getItem(PREFIX + key) ?? '{}') as Values;
  } catch {
    return {};
  }
}

export function writeDraft(key: string, values: Values, defs: FieldDef[]): void {
  memory.set(key, values);
  const kept = Object.fromEntries(
    defs
      .filter((def) => mayBeStored(def) && values[def.name] !== undefined)
      .map((def) => [def.name, values[def.name]]),
  );
  if (Object.keys(kept).length > 0) localStorage.setItem(PREFIX + key, JSON.stringify(kept));
  else localStorage.removeItem(PREFIX + key);
}

export function dropDraft(key: string): void {
  memory.delete(key);
  localStorage.removeItem(PREFIX + key);
}

/** True while memory holds something that closing the tab would lose. */
export function hasUnsaved(): boolean {
  return [...memory.values()].some((values) =>
    Object.values(values).some((v) => v !== '' && v !== null && v !== undefined),
  );
}

export function wipeDrafts(): void {
  memory.clear();
  for (const key of Object.keys(localStorage)) if (key.startsWith(PREFIX)) localStorage.removeItem(key);
}

/** The browser asks before closing a tab with words in it; it is the only one who can. */
export function guardUnload(): void {
  addEventListener('beforeunload', (event) => {
    if (hasUnsaved()) event.preventDefault();
  });
}
