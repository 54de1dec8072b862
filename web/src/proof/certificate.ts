/** Certificates and receipts: the statement that a customer or a guardian holds is what the house signed. */
import { openNote, parseKey, splitNote } from '@/ledger/note';

export type Verdict = 'valid' | 'invalid';

/** The JSON of a certificate, below its first line; null when it is none. Nothing here has been verified. */
export function bodyOf(note: string): Record<string, unknown> | null {
  const text = splitNote(note)?.text;
  if (!text?.startsWith('kedun-certificate/1 ')) return null;
  try {
    return JSON.parse(text.slice(text.indexOf('\n') + 1)) as Record<string, unknown>;
  } catch {
    return null;
  }
}

/** Whether this key signed this note, letter by letter. */
export async function verify(note: string, keyText: string): Promise<Verdict> {
  const key = parseKey(keyText);
  return key && typeof (await openNote(note, key)) === 'object' ? 'valid' : 'invalid';
}
