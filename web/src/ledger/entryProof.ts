/** One entry, read from the bytes that were hashed, with its path to a signed root. */
import { fetchBytes } from '@/api/client';
import { openHead, type SignedHead } from './checkpoint';
import { decodeEntry, type LogEntry } from './entry';
import { parseKey } from './note';
import { parseProof } from './proof';
import { readProof, server } from './source';
import { bundlePath, splitBundle, WIDTH } from './tile';
import { includes, leafHash } from './tree';

export type Proved = { entry: LogEntry; head: SignedHead; proof: string };

/** The entry at a place of the log; null when what the server answers does not prove it. */
export async function proveEntry(place: number): Promise<Proved | null> {
  const key = parseKey(await server.key());
  const text = await readProof(place);
  const proof = parseProof(text);
  if (!key || proof?.index !== place) return null;
  const head = await openHead(proof.note, key);
  if (typeof head === 'string') return null;
  const index = Math.floor(place / WIDTH);
  const tile = { level: 0, index, width: Math.min(WIDTH, head.size - index * WIDTH) };
  const bytes = splitBundle(tile, await fetchBytes(`/ledger/tile/${bundlePath(tile)}`))?.[place % WIDTH];
  const entry = bytes && decodeEntry(bytes);
  if (!bytes || !entry || !includes(leafHash(bytes), place, head.size, proof.hashes, head.root)) return null;
  return { entry, head, proof: text };
}
