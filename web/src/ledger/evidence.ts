/** What an alarm has in its hands, as one file that others can check with tools of their own. */
import { toHex } from './bytes';
import type { Fault, Kept } from './check';
import { openHead, type SignedHead } from './checkpoint';
import { parseKey } from './note';
import { saveText } from './save';

export function saveEvidence(fault: Fault, kept: Kept | null, shown: { key: string; note: string }): void {
  const at = new Date().toISOString();
  const body = {
    format: 'kedun.ledger/evidence@1',
    at,
    fault,
    kept: kept && { ...kept, at: new Date(kept.at).toISOString() },
    shown,
  };
  saveText(`ledger-evidence-${at.slice(0, 10)}.json`, `${JSON.stringify(body, null, 2)}\n`);
}

/** A head in a few words, whether or not its signature holds: for an alarm, where it may not. */
export async function readHead(key: string, note: string): Promise<SignedHead | null> {
  const parsed = parseKey(key);
  const head = parsed && (await openHead(note, parsed));
  return head && typeof head !== 'string' ? head : null;
}

/** Enough of a hash to compare by eye. */
export const short = (bytes: Uint8Array): string =>
  toHex(bytes)
    .slice(0, 16)
    .replace(/(.{4})(?=.)/g, '$1 ');
