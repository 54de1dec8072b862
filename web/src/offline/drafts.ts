/**
 * Drafts of forms: what was typed and not saved yet survives an error, an expired session, a closed tab and an
 * empty battery.
 *
 * In memory they are plain. On disk (localStorage) they are sealed, see sealing.ts: on a lost phone they are noise.
 * Photos of a draft lie beside it, see draftPhotos.ts; `photos` among its values holds their ids.
 * ID numbers and the like (L4) are never written at all. Sign-out, and another person signing in, wipe everything.
 */
import type { FieldDef } from '@/api/contract';
import { dropPhotos, hasUnkeptPhotos, sweepPhotos, wipePhotos } from './draftPhotos';
import { canSeal, dropKey, seal, takeKey, unseal } from './sealing';
import { forgetTraces } from './traces';

export type Values = Record<string, unknown>;
type Kept = { at: number; values: Values };

const PREFIX = 'kedun.draft.';
/** After that nobody remembers what it was about. */
const DAYS = 14;
const memory = new Map<string, Values>();
/** The last write of each draft, so that an older one which finishes later does not win. */
const turns = new Map<string, number>();
let turn = 0;

const toText = (bytes: Uint8Array) => btoa(String.fromCharCode(...bytes));
const toBytes = (text: string) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));

function stored(): string[] {
  return Object.keys(localStorage).filter((name) => name.startsWith(PREFIX));
}

/** Takes the key of this session and reads what this person left on this device. Without one, or without WebCrypto: memory only. */
export async function unlockDrafts(secret: string | undefined): Promise<void> {
  if (!(await takeKey(secret))) return;
  for (const name of stored()) {
    const draft = name.slice(PREFIX.length);
    if (memory.has(draft)) continue;
    const kept = await open(name);
    if (kept && kept.at > Date.now() - DAYS * 86_400_000) memory.set(draft, kept.values);
    else localStorage.removeItem(name);
  }
  void sweepPhotos(new Set([...memory.values()].flatMap(photosOf)));
}

/** The ids of a draft's photos. */
export function photosOf(values: Values): string[] {
  return Array.isArray(values.photos) ? values.photos.map(String) : [];
}

async function open(name: string): Promise<Kept | null> {
  try {
    const plain = await unseal(name, toBytes(localStorage.getItem(name) ?? ''));
    return plain && (JSON.parse(new TextDecoder().decode(plain)) as Kept);
  } catch {
    // No sealed text at all.
    return null;
  }
}

export function readDraft(draft: string): Values {
  return memory.get(draft) ?? {};
}

export function hasDraft(draft: string): boolean {
  return memory.has(draft);
}

const isTyped = (value: unknown) => value !== '' && value !== null && value !== undefined;

/** `defs` says which of the values may touch the disk; free text of the composer has none and may. */
export function writeDraft(draft: string, values: Values, defs: FieldDef[]): void {
  if (!Object.values(values).some(isTyped)) {
    dropDraft(draft);
    return;
  }
  const still = new Set(photosOf(values));
  dropPhotos(photosOf(readDraft(draft)).filter((id) => !still.has(id)));
  memory.set(draft, values);
  const never = new Set(defs.filter((def) => def.class === 'L4').map((def) => def.name));
  const kept = Object.fromEntries(Object.entries(values).filter(([name]) => !never.has(name)));
  void keep(draft, kept);
}

async function keep(draft: string, values: Values): Promise<void> {
  const mine = ++turn;
  turns.set(draft, mine);
  const name = PREFIX + draft;
  const kept: Kept = { at: Date.now(), values };
  const sealed = await seal(name, new TextEncoder().encode(JSON.stringify(kept)));
  if (!sealed || turns.get(draft) !== mine) return;
  try {
    localStorage.setItem(name, toText(sealed));
  } catch {
    // A full disk: memory still has it, and leaving the tab asks first.
  }
}

export function dropDraft(draft: string): void {
  dropPhotos(photosOf(readDraft(draft)));
  memory.delete(draft);
  turns.delete(draft);
  localStorage.removeItem(PREFIX + draft);
}

/** True while memory holds something that closing the tab would lose: what could not be written to the disk. */
export function hasUnsaved(): boolean {
  return (!canSeal() && memory.size > 0) || hasUnkeptPhotos();
}

/** Everything, from memory and disk: somebody goes. Other tabs of this browser are told (api/tabs.ts). */
export function wipeDrafts(): void {
  forgetDrafts();
  for (const listener of wiped) listener();
}

/** The same without telling anybody: for the tab that was told. */
export function forgetDrafts(): void {
  memory.clear();
  void wipePhotos();
  turns.clear();
  dropKey();
  forgetTraces();
}

const wiped = new Set<() => void>();
export function whenWiped(listener: () => void): void {
  wiped.add(listener);
}

/** The browser asks before closing a tab with words in it that nothing else would keep. */
export function guardUnload(): void {
  addEventListener('beforeunload', (event) => {
    if (hasUnsaved()) event.preventDefault();
  });
}
