/** Signed heads of the log: C2SP tlog-checkpoint inside a signed note. */
import { type Key, type NoteFault, openNote } from './note';
import { type Hash, parseHash } from './tree';

export type Checkpoint = { origin: string; size: number; root: Hash };
/** A head whose signature holds: only `openHead` makes one. */
export type SignedHead = Checkpoint & { note: string };
export type HeadFault = NoteFault | 'foreign_origin';

/** Reads a signed head and verifies it. */
export async function openHead(note: string, key: Key): Promise<SignedHead | HeadFault> {
  const opened = await openNote(note, key);
  if (typeof opened === 'string') return opened;
  const head = parseCheckpoint(opened.text);
  if (!head) return 'malformed';
  return head.origin === key.name ? { ...head, note } : 'foreign_origin';
}

function parseCheckpoint(text: string): Checkpoint | null {
  const [origin, sizeText, rootText, rest, ...more] = text.split('\n');
  if (!origin || !sizeText || !rootText || rest !== '' || more.length > 0) return null;
  const size = /^(0|[1-9]\d{0,15})$/.test(sizeText) ? Number(sizeText) : Number.NaN;
  const root = parseHash(rootText);
  return Number.isSafeInteger(size) && root ? { origin, size, root } : null;
}
