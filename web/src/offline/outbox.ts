/**
 * What was written without a network: it lies here, sealed, until the server has it.
 *
 * Each entry is one request with a key of its own, so that one whose answer was lost is sent again and still makes one
 * record. It is on the disk before the first try, so a closed tab or an empty battery loses nothing; in IndexedDB there
 * is a random id and sealed bytes, nothing else. Sign-out asks and wipes what is this person's; what a session that ran out left behind waits,
 * sealed, until its writer is back on this device.
 */
import { api, call, sendFile } from '@/api/client';
import { Problem } from '@/api/problem';
import { refreshRecord } from '@/api/queries';
import { canSeal, seal, unseal } from './sealing';
import { openShelf } from './shelf';

export type About = { object: string; id: string; title: string };
export type Entry = {
  /** Also the idempotency key. */
  id: string;
  at: string;
  method: 'POST' | 'PATCH';
  path: string;
  body: Record<string, unknown>;
  /** Which record it is about; its title is what the list shows. */
  about: About;
  /** What it is, in a word the catalogue knows. */
  what: 'follow_up' | 'plan' | 'plan_done' | 'plan_later' | 'photo';
  /** The words themselves, for who looks through what waits. */
  text?: string;
  /** The plan that it changes; Today marks it. */
  plan?: string;
  /** A photo that goes as bytes instead of a body: what it is called, and its bytes in base64. */
  file?: { name: string; bytes: string };
  /**
   * The entry that makes the follow-up which this photo belongs to; once that is sent, the photo's path says so. While it
   * waits for its writer, the photo waits too; once it was thrown away, the photo goes to the record alone.
   */
  after?: string;
  tries: number;
  /** Why the server would not have it; such an entry waits for its writer. */
  refused?: string;
};
export type New = Omit<Entry, 'id' | 'at' | 'tries'> & { id?: string };

/** The server remembers keys for 15 days; what was tried longer ago might be sent twice. */
const TRUSTED = 14 * 86_400_000;
/** A network that takes longer than this to answer is none. */
const PATIENCE = 12_000;
/** A photo takes longer than words, on the same road. */
const PATIENCE_FOR_PHOTOS = 90_000;
const AGAIN = 20_000;
const SOON = 1_000;
/** Sealed entries of others that are kept. */
const MOST_FOREIGN = 200;
const place = (id: string) => `outbox:${id}`;

let entries: readonly Entry[] = [];
let sending: string | null = null;
let timer: ReturnType<typeof setTimeout> | undefined;
const listeners = new Set<() => void>();
const news = new Set<(sent: Entry) => void>();
const channel = typeof BroadcastChannel === 'undefined' ? null : new BroadcastChannel('kedun.outbox');
channel?.addEventListener('message', () => void reload());

function show(next: readonly Entry[]): void {
  entries = [...next].sort((a, b) => a.at.localeCompare(b.at));
  for (const listener of listeners) listener();
}

export const outbox = {
  subscribe(listener: () => void): () => void {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
  snapshot: (): readonly Entry[] => entries,
  sending: (): string | null => sending,
  /** Told of every entry that reached the server later than it was written. */
  onSent(listener: (sent: Entry) => void): () => void {
    news.add(listener);
    return () => news.delete(listener);
  },
};

// --- the disk

const disk = openShelf('kedun', 'outbox');

async function keep(entry: Entry): Promise<void> {
  // Until the disk has it, this tab is the only one that does.
  unkept.add(entry.id);
  meanwhile?.set(entry.id, entry);
  show([...entries.filter((other) => other.id !== entry.id), entry]);
  const sealed = await seal(place(entry.id), new TextEncoder().encode(JSON.stringify(entry)));
  if (sealed && (await disk('readwrite', (store) => store.put(sealed, entry.id))) !== null) {
    unkept.delete(entry.id);
    channel?.postMessage('changed');
  }
}

/** Keeps what has become of it, unless it was thrown away meanwhile: it must not come back from a try that was on its way. */
async function keepStill(entry: Entry): Promise<void> {
  if (entries.some((other) => other.id === entry.id)) await keep(entry);
}

async function drop(id: string): Promise<void> {
  meanwhile?.set(id, null);
  show(entries.filter((entry) => entry.id !== id));
  unkept.delete(id);
  await disk('readwrite', (store) => store.delete(id));
  channel?.postMessage('changed');
}

/** Entries that a form of this tab is sending right now. */
const underway = new Set<string>();
/** Tries that this tab has on their way, by entry; whoever throws one away first hears how it ends. */
const flights = new Map<string, Promise<unknown>>();

async function flying<T>(id: string, flight: Promise<T>): Promise<T> {
  flights.set(
    id,
    flight.catch(() => undefined),
  );
  try {
    return await flight;
  } finally {
    flights.delete(id);
  }
}
/** Entries that only this tab has. */
const unkept = new Set<string>();
if (typeof addEventListener === 'function') {
  addEventListener('beforeunload', (event) => {
    if (unkept.size > 0) event.preventDefault();
  });
}

/** Counts the people who went: what was read for one of them is not shown. */
let era = 0;
/** What was kept (or thrown away: null) while the disk was read; the reading may be older, so this wins. */
let meanwhile: Map<string, Entry | null> | null = null;
let turn: Promise<unknown> = Promise.resolve();

/** Reads what lies on the disk, one reading after the other. */
function load(): Promise<void> {
  const mine = turn.then(read, read);
  turn = mine.catch(() => undefined);
  return mine;
}

/** Another tab has changed what waits. What left may have arrived: its record shows it from here on. */
async function reload(): Promise<void> {
  const before = entries;
  await load();
  const still = new Set(entries.map(({ id }) => id));
  for (const { id, about } of before) if (!still.has(id)) refreshRecord(about.object, about.id);
}

/** What does not open is somebody else's, and waits for them. */
async function read(): Promise<void> {
  if (!canSeal()) return;
  const began = era;
  const since = new Map<string, Entry | null>();
  meanwhile = since;
  // What only this tab has by now may be on the disk too before its turn to be read comes.
  const held = entries.filter((entry) => unkept.has(entry.id));
  const found = await readDisk();
  if (meanwhile === since) meanwhile = null;
  if (began !== era) return;
  const all = new Map<string, Entry | null>();
  for (const entry of [...found, ...held]) all.set(entry.id, entry);
  for (const [id, entry] of since) all.set(id, entry);
  show([...all.values()].filter((entry) => entry !== null));
}

async function readDisk(): Promise<Entry[]> {
  const ids = ((await disk('readonly', (store) => store.getAllKeys())) ?? []).map(String);
  const found: Entry[] = [];
  const foreign: string[] = [];
  for (const id of ids) {
    const sealed = await disk('readonly', (store) => store.get(id) as IDBRequest<Uint8Array<ArrayBuffer>>);
    const plain = sealed && (await unseal(place(id), sealed));
    if (plain) found.push(JSON.parse(new TextDecoder().decode(plain)) as Entry);
    else if (sealed) foreign.push(id);
  }
  // Nobody comes back for what a device that was ended left; it must not grow without end.
  for (const id of foreign.slice(MOST_FOREIGN)) await disk('readwrite', (store) => store.delete(id));
  return found;
}

// --- sending

/** What the session lacks, not the entry: it goes when that is done. */
const GATES = ['choose_password', 'enrol_second_factor'];

/**
 * Whether trying again later may help: no network, a proxy in between, a server that is busy or sealed, something that
 * this person has to do first.
 */
export function mayHelp(problem: unknown): problem is Problem {
  return (
    problem instanceof Problem &&
    ([0, 408, 425, 429].includes(problem.status) ||
      problem.status >= 500 ||
      problem.code === 'request_in_progress' ||
      GATES.includes(problem.code))
  );
}

function deliver<T>(entry: Entry): Promise<T> {
  if (entry.file) {
    const bytes = Uint8Array.from(atob(entry.file.bytes), (c) => c.charCodeAt(0));
    return sendFile<T>(entry.path, new Blob([bytes]), {
      name: entry.file.name,
      idempotencyKey: entry.id,
      signal: AbortSignal.timeout(PATIENCE_FOR_PHOTOS),
    });
  }
  const signal = AbortSignal.timeout(PATIENCE);
  const options = { body: entry.body, signal, keeps: true };
  return entry.method === 'POST'
    ? api.post<T>(entry.path, entry.body, { idempotencyKey: entry.id, signal, keeps: true })
    : call<T>(entry.method, entry.path, options);
}

/** Tells the photos of a follow-up which record it has become. */
async function follow(entry: Entry, sent: unknown): Promise<void> {
  const made = (sent as { id?: unknown } | null | undefined)?.id;
  if (entry.what !== 'follow_up' || typeof made !== 'string') return;
  for (const photo of entries.filter((other) => other.after === entry.id)) {
    const { after, ...rest } = photo;
    await keep({ ...rest, path: `${photo.path}?follow_up=${encodeURIComponent(made)}` });
  }
}

/** Keeps several, down to the disk, and sends them when it is their turn; nobody waits for that. */
export async function leave(wanted: New[]): Promise<void> {
  for (const entry of wanted)
    await keep({ ...entry, id: entry.id ?? crypto.randomUUID(), at: new Date().toISOString(), tries: 0 });
  void flush();
}

/**
 * Keeps it, then sends it. `sent` says whether the server has it; when not, it waits here.
 * What the server refuses is not kept: the form that it came from still has the words, and says why.
 *
 * Its photos are kept with it before anything is sent, and go when it is there; `onKept` is told once all of it is down.
 */
export function submit<T>(
  wanted: New,
  photos: (New & { id: string })[] = [],
  onKept?: () => void,
): Promise<{ sent: T | null; id: string }> {
  const entry: Entry = {
    ...wanted,
    id: wanted.id ?? crypto.randomUUID(),
    at: new Date().toISOString(),
    tries: 0,
  };
  return flying(entry.id, first<T>(entry, photos, onKept));
}

async function first<T>(
  entry: Entry,
  photos: (New & { id: string })[],
  onKept?: () => void,
): Promise<{ sent: T | null; id: string }> {
  underway.add(entry.id);
  try {
    await keep(entry);
    for (const [index, photo] of photos.entries()) {
      const at = new Date(new Date(entry.at).getTime() + 1 + index).toISOString();
      await keep({ ...photo, after: entry.id, at, tries: 0 });
    }
    onKept?.();
    if (!navigator.onLine) {
      later();
      return { sent: null, id: entry.id };
    }
    const sent = await deliver<T>(entry);
    await follow(entry, sent);
    // Before the disk, which may take its time: the row is gone from here on.
    refreshRecord(entry.about.object, entry.about.id);
    await drop(entry.id);
    return { sent, id: entry.id };
  } catch (problem) {
    if (!mayHelp(problem)) {
      for (const photo of photos) await drop(photo.id);
      await drop(entry.id);
      throw problem;
    }
    await keepStill({ ...entry, tries: 1 });
    // Once more at once: the time may have gone into signing in again.
    later(SOON);
    return { sent: null, id: entry.id };
  } finally {
    underway.delete(entry.id);
    if (photos.length > 0) void flush();
  }
}

/** The words that a photo waits for. */
export const wordsOf = (photo: Entry): Entry | undefined =>
  photo.after === undefined ? undefined : entries.find((entry) => entry.id === photo.after);

/** Sends what waits, oldest first; of several tabs one. What is refused steps aside and says why. */
export async function flush(): Promise<void> {
  if (!navigator.onLine || !canSeal()) return;
  const work = async () => {
    await load();
    for (const { id } of entries.filter((entry) => !entry.refused && !underway.has(entry.id))) {
      // As it is by now: what went before it may have told it where it belongs.
      const waiting = entries.find((entry) => entry.id === id);
      // A photo does not overtake the words that it belongs to, whichever tab sends them.
      if (!waiting || wordsOf(waiting)) continue;
      if (!(await flying(id, attempt(waiting)))) break;
    }
  };
  // Whoever has the turn may be the page that this one came after, and gone by now.
  let elsewhere = false;
  if (navigator.locks) {
    await navigator.locks.request('kedun.outbox', { ifAvailable: true }, async (lock) => {
      elsewhere = !lock;
      if (lock) await work();
    });
  } else if (!sending) {
    await work();
  }
  if (entries.some((entry) => !entry.refused && !wordsOf(entry)?.refused)) later(elsewhere ? SOON : AGAIN);
}

/** Answers whether the next one should be tried. */
async function attempt(entry: Entry): Promise<boolean> {
  const old = Date.now() - new Date(entry.at).getTime() > TRUSTED;
  if (old && entry.tries > 0) {
    await keepStill({ ...entry, refused: 'too_old' });
    return true;
  }
  sending = entry.id;
  show(entries);
  try {
    await follow(entry, await deliver(entry));
    refreshRecord(entry.about.object, entry.about.id);
    await drop(entry.id);
    for (const listener of news) listener(entry);
    return true;
  } catch (problem) {
    if (mayHelp(problem)) {
      await keepStill({ ...entry, tries: entry.tries + 1 });
      return false;
    }
    const text = problem instanceof Problem ? (problem.body.detail ?? problem.body.title ?? '') : '';
    const fields = problem instanceof Problem ? (problem.body.errors ?? []) : [];
    await keepStill({
      ...entry,
      tries: entry.tries + 1,
      refused:
        fields.map((error) => error.message).join(' ') ||
        text ||
        String(problem instanceof Problem ? problem.status : problem),
    });
    return true;
  } finally {
    sending = null;
    show(entries);
  }
}

function later(wait = AGAIN): void {
  clearTimeout(timer);
  timer = setTimeout(() => void flush(), wait);
}

/**
 * Its writer wants it tried again. It keeps its id: the server remembers a key only for what it made, and the photos of
 * a follow-up find it by that.
 */
export async function retry(id: string): Promise<void> {
  const entry = entries.find((candidate) => candidate.id === id);
  if (!entry) return;
  const { refused, ...rest } = entry;
  if (refused) {
    const now = Date.now();
    await keep({ ...rest, tries: 0, at: new Date(now).toISOString() });
    // They come after their words, as they did at first.
    for (const [index, photo] of entries.filter((other) => other.after === id).entries())
      await keep({ ...photo, at: new Date(now + 1 + index).toISOString() });
  }
  await flush();
}

/**
 * Takes it away and hands it back, so that whoever did may think again; null when the server has it by now. One that was
 * tried may have arrived all the same: its answer got lost.
 */
export async function discard(id: string): Promise<Entry | null> {
  await flights.get(id);
  const entry = entries.find((candidate) => candidate.id === id) ?? null;
  await drop(id);
  // Photos that waited for it have nothing to wait for any more.
  if (entries.some((other) => other.after === id)) later();
  return entry;
}

export async function restore(entry: Entry): Promise<void> {
  await keep(entry);
  void flush();
}

/** Reads what this person left on this device and sends it whenever there is a network. */
export async function openOutbox(): Promise<void> {
  await load();
  void flush();
}

export function watchNetwork(): void {
  addEventListener('online', () => void flush());
  document.addEventListener('visibilitychange', () => {
    if (!document.hidden && entries.length > 0) void flush();
  });
}

/** Its writer goes, and said so. What others left here sealed is theirs, and waits. */
export async function wipeOutbox(): Promise<void> {
  const mine = entries.map(({ id }) => id);
  forgetOutbox();
  for (const id of mine) await disk('readwrite', (store) => store.delete(id));
}

/** The same without the disk: for the tab that is told that its person went. */
export function forgetOutbox(): void {
  era += 1;
  unkept.clear();
  clearTimeout(timer);
  show([]);
}
