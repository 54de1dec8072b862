/** A tlog-proof: one entry, its path to the root, and the signed head, in one text to be checked anywhere. */
import { openHead, type SignedHead } from './checkpoint';
import type { Key } from './note';
import { type Hash, includes, parseHash } from './tree';

export type Proof = { index: number; hashes: Hash[]; note: string };

export function parseProof(text: string): Proof | null {
  const cut = text.indexOf('\n\n');
  if (cut < 0) return null;
  const [magic, ...lines] = text.slice(0, cut).split('\n');
  if (magic !== 'c2sp.org/tlog-proof@v1') return null;
  if (lines[0]?.startsWith('extra ')) lines.shift();
  const index = /^index (0|[1-9]\d{0,15})$/.exec(lines.shift() ?? '')?.[1];
  const hashes = lines.map(parseHash);
  if (index === undefined || hashes.length > 64 || hashes.some((hash) => hash === null)) return null;
  return { index: Number(index), hashes: hashes as Hash[], note: text.slice(cut + 2) };
}

/** The head under which `leaf` is in the log; null when the proof does not show it. */
export async function proves(text: string, leaf: Hash, index: number, key: Key): Promise<SignedHead | null> {
  const proof = parseProof(text);
  if (proof?.index !== index) return null;
  const head = await openHead(proof.note, key);
  if (typeof head === 'string') return null;
  return includes(leaf, index, head.size, proof.hashes, head.root) ? head : null;
}
