/**
 * Photos of drafts: taken and not saved yet. In memory as they are; on disk (IndexedDB) sealed like the words of the
 * draft, see sealing.ts, under a random id that only the sealed draft knows.
 *
 * Bounded: what a device keeps unsent must not fill it. What finds no room stays in this tab, and leaving it asks first.
 */
import { canSeal, seal, unseal } from './sealing';
import { openShelf } from './shelf';

/** Most photos of all drafts of this device. */
export const MOST_KEPT = 36;
/** Most bytes of them, sealed. */
export const MOST_KEPT_BYTES = 48 << 20;
/** A photo that no draft knows may belong to one that another tab is just writing; by then it is left over. */
const LEFT_OVER = 86_400_000;

const shelf = openShelf('kedun.drafts', 'photos');
const memory = new Map<string, Blob>();
/** Photos that only this tab has. */
const unkept = new Set<string>();
const place = (id: string) => `draft-photo:${id}`;
/** On the shelf a photo is found by `id.size`, so that the room it takes is known without taking it down. */
const keyOf = (id: string, size: number) => `${id}.${size}`;
const idOf = (key: string) => key.slice(0, key.lastIndexOf('.'));
const sizeOf = (key: string) => Number(key.slice(key.lastIndexOf('.') + 1));

async function keys(): Promise<string[]> {
  return ((await shelf('readonly', (store) => store.getAllKeys())) ?? []).map(String);
}

/** Whether there is room for so many bytes more beside what is kept under these keys. */
export function fits(kept: string[], bytes: number): boolean {
  return kept.length < MOST_KEPT && kept.reduce((sum, key) => sum + sizeOf(key), bytes) <= MOST_KEPT_BYTES;
}

let turn: Promise<unknown> = Promise.resolve();
/** One after the other, so that each sees the room that the others took. */
function inTurn<T>(work: () => Promise<T>): Promise<T> {
  const mine = turn.then(work, work);
  turn = mine.catch(() => undefined);
  return mine;
}

/** Keeps a photo; answers whether it outlives this tab. */
export function keepPhoto(id: string, photo: Blob): Promise<boolean> {
  memory.set(id, photo);
  unkept.add(id);
  return inTurn(async () => {
    const there = await keys();
    if (there.some((key) => idOf(key) === id)) {
      unkept.delete(id);
      return true;
    }
    const bytes = new Uint8Array(await photo.arrayBuffer());
    const plain = new Uint8Array(8 + bytes.length);
    new DataView(plain.buffer).setFloat64(0, Date.now());
    plain.set(bytes, 8);
    const sealed = await seal(place(id), plain);
    // It may have been taken away meanwhile.
    if (!sealed || !memory.has(id) || !fits(there, sealed.length)) return false;
    const key = keyOf(id, sealed.length);
    if ((await shelf('readwrite', (store) => store.put(sealed, key))) === null) return false;
    unkept.delete(id);
    return true;
  });
}

/** A photo of a draft; null when it is there no more. */
export async function readPhoto(id: string): Promise<Blob | null> {
  const held = memory.get(id);
  if (held) return held;
  const key = (await keys()).find((candidate) => idOf(candidate) === id);
  const plain = key && (await open(key));
  if (!plain) return null;
  const photo = new Blob([plain.subarray(8)], { type: 'image/jpeg' });
  memory.set(id, photo);
  return photo;
}

async function open(key: string): Promise<Uint8Array<ArrayBuffer> | null> {
  const sealed = await shelf('readonly', (store) => store.get(key) as IDBRequest<Uint8Array<ArrayBuffer>>);
  return sealed ? unseal(place(idOf(key)), sealed) : null;
}

/** Sent, taken away, or given up. */
export function dropPhotos(ids: Iterable<string>): void {
  const gone = new Set(ids);
  if (gone.size === 0) return;
  for (const id of gone) {
    memory.delete(id);
    unkept.delete(id);
  }
  void inTurn(async () => {
    for (const key of await keys())
      if (gone.has(idOf(key))) await shelf('readwrite', (store) => store.delete(key));
  });
}

/** Clears away what does not open to this person, and what no draft knows any more. */
export function sweepPhotos(known: Set<string>): Promise<void> {
  return inTurn(async () => {
    if (!canSeal()) return;
    for (const key of await keys()) {
      if (known.has(idOf(key)) || memory.has(idOf(key))) continue;
      const plain = await open(key);
      const at = plain ? new DataView(plain.buffer, plain.byteOffset).getFloat64(0) : 0;
      if (at < Date.now() - LEFT_OVER) await shelf('readwrite', (store) => store.delete(key));
    }
  });
}

/** True while this tab has a photo that closing it would lose. */
export const hasUnkeptPhotos = (): boolean => unkept.size > 0;

/** All of them: somebody goes. */
export function wipePhotos(): Promise<unknown> {
  memory.clear();
  unkept.clear();
  return inTurn(() => shelf('readwrite', (store) => store.clear()));
}
