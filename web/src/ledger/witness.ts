/**
 * This browser as a witness: it keeps the last head it verified and asks every new one to continue it. A server that
 * shows two people two logs, or cuts one short, is found out by the first phone that comes back.
 *
 * What is kept names nobody, so it stays when somebody signs out: the next person on this device is a witness too.
 */
import { type Fault, isFault, type Kept, openLog, type Source } from './check';
import { openHead, type SignedHead } from './checkpoint';
import { parseKey } from './note';

const KEPT = 'kedun.ledger';
const ALARM = 'kedun.ledger.alarm';

/** What did not hold, with both sides verbatim: evidence that anybody can check. */
export type Alarm = { at: number; fault: Fault; kept: Kept | null; key: string; note: string };

function stored<T>(name: string): T | null {
  try {
    return JSON.parse(localStorage.getItem(name) ?? 'null') as T | null;
  } catch {
    return null;
  }
}

export const keptHead = (): Kept | null => stored<Kept>(KEPT);
export const raisedAlarm = (): Alarm | null => stored<Alarm>(ALARM);

export function keep(key: string, note: string): void {
  localStorage.setItem(KEPT, JSON.stringify({ key, note, at: Date.now() } satisfies Kept));
}

/** Trusts the log as it is shown from now on; only after somebody has found out why it changed. */
export function beginAnew(): void {
  localStorage.removeItem(KEPT);
  localStorage.removeItem(ALARM);
}

/** The kept head, if it is what it says: signed by the kept key. */
export async function keptSize(): Promise<{ head: SignedHead; at: number } | null> {
  const kept = keptHead();
  const key = kept && parseKey(kept.key);
  const head = key && (await openHead(kept.note, key));
  return head && typeof head !== 'string' ? { head, at: kept.at } : null;
}

/**
 * Verifies the newest head against the kept one, and keeps it. A fault becomes an alarm that stays until somebody
 * begins anew. A demo makes itself a new log whenever it starts, and says so on every page; its key may change.
 */
export async function witness(source: Source, demo: boolean): Promise<Alarm | null> {
  const raised = raisedAlarm();
  if (raised) return raised;
  let [key, note] = ['', ''];
  const seen: Source = {
    ...source,
    key: async () => (key = await source.key()),
    checkpoint: async () => (note = await source.checkpoint()),
  };
  let kept = keptHead();
  let opened = await openLog(seen, kept);
  if (isFault(opened) && opened.code === 'key_changed' && demo) {
    kept = null;
    opened = await openLog(seen, null);
  }
  if (!isFault(opened)) {
    keep(opened.key.text, opened.head.note);
    return null;
  }
  // The key's fault is found before the head is asked for; the head it came with is evidence too.
  if (!note) note = await source.checkpoint();
  const alarm: Alarm = { at: Date.now(), fault: opened, kept, key, note };
  localStorage.setItem(ALARM, JSON.stringify(alarm));
  return alarm;
}
