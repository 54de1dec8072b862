/**
 * The whole check of a log, in the browser: is the head signed by the key of this log, does it continue what this
 * browser saw before, do the tiles lead to its root, are the entries those that were hashed. Whoever runs the server
 * can answer whatever they like; they cannot make these agree.
 *
 * **Invariant:** nothing that the server says about its own log is believed; every step works on bytes and hashes.
 */

import { same } from './bytes';
import { openHead, type SignedHead } from './checkpoint';
import { type Key, parseKey } from './note';
import { bundlePath, splitBundle, splitTile, type Tile, tilePath, tilesAt, WIDTH } from './tile';
import { continues, type Hash, leafHash, parseHash, rootOf } from './tree';

/** Where the bytes come from. What is not there is null: a log that hides a part is no better than one that changed it. */
export type Source = {
  key(): Promise<string>;
  checkpoint(): Promise<string>;
  consistency(from: number, to: number): Promise<string[] | null>;
  tile(path: string): Promise<Uint8Array | null>;
};

/** What a browser keeps of a log: the key and the head as it was signed, verbatim, because they are evidence. */
export type Kept = { key: string; note: string; at: number };

export type Step = 'key' | 'signature' | 'witness' | 'tiles' | 'entries';
export type FaultCode =
  | 'key_malformed'
  | 'key_changed'
  | 'malformed'
  | 'unknown_key'
  | 'bad_signature'
  | 'foreign_origin'
  | 'shrunk'
  | 'forked'
  | 'tile'
  | 'root'
  | 'bundle'
  | 'entry'
  | 'missing';
/** What does not hold, and where: a tile's path, an entry's place. */
export type Fault = { step: Step; code: FaultCode; place?: string };

export type Opened = { key: Key; head: SignedHead; before: SignedHead | null };

/** Key, signature, and that the log continues what was kept. */
export async function openLog(
  source: Source,
  kept: Kept | null,
  begin: (step: Step) => void = () => undefined,
): Promise<Opened | Fault> {
  begin('key');
  const key = parseKey(await source.key());
  if (!key) return { step: 'key', code: 'key_malformed' };
  if (kept && kept.key !== key.text) return { step: 'key', code: 'key_changed' };

  begin('signature');
  const head = await openHead(await source.checkpoint(), key);
  if (typeof head === 'string') return { step: 'signature', code: head };

  begin('witness');
  const opened = kept ? await openHead(kept.note, key) : null;
  // What lies in this browser's store and is not signed says nothing; the head itself was verified above.
  const before = typeof opened === 'string' ? null : opened;
  if (before) {
    if (before.size > head.size) return { step: 'witness', code: 'shrunk' };
    const proof =
      before.size === head.size || before.size === 0
        ? []
        : (await source.consistency(before.size, head.size))?.map(parseHash);
    const hashes = proof?.filter((hash) => hash !== null);
    if (!hashes || hashes.length !== proof?.length || !continues(before, head, hashes))
      return { step: 'witness', code: 'forked' };
  }
  return { key, head, before };
}

export type Progress = (step: 'tiles' | 'entries', done: number, of: number) => void;

/** How many bundles of entries are read again: none, the newest, or every one. */
export type Depth = 'hashes' | 'recent' | 'all';
export const RECENT = 4;

export type Checked = { tiles: number; entries: number };

/** That the tiles lead to the signed root, and the entries to their tiles. */
export async function checkTree(
  source: Source,
  head: SignedHead,
  depth: Depth,
  progress: Progress,
  signal?: AbortSignal,
): Promise<Checked | Fault> {
  const leaves = tilesAt(0, head.size);
  const upper = tilesAt(1, head.size);
  const chosen = depth === 'hashes' ? [] : depth === 'recent' ? leaves.slice(-RECENT) : leaves;
  const total = upper.length + leaves.length;
  let done = 0;

  async function read(tile: Tile): Promise<Hash[] | Fault> {
    signal?.throwIfAborted();
    const bytes = await source.tile(tilePath(tile));
    done += 1;
    progress('tiles', done, total);
    const place = `tile/${tilePath(tile)}`;
    if (!bytes) return { step: 'tiles', code: 'missing', place };
    return splitTile(tile, bytes) ?? { step: 'tiles', code: 'tile', place };
  }

  // Roots of the full tiles of leaves are the hashes of the level above; the last tile may be a part.
  const roots: Hash[] = [];
  for (const tile of upper) {
    const hashes = await read(tile);
    if ('code' in hashes) return hashes;
    roots.push(...hashes);
  }
  const read0 = new Map<number, Hash[]>();
  for (const tile of leaves) {
    const hashes = await read(tile);
    if ('code' in hashes) return hashes;
    const root = rootOf(hashes);
    const above = roots[tile.index];
    if (above && !same(above, root)) return { step: 'tiles', code: 'tile', place: `tile/${tilePath(tile)}` };
    if (!above) roots.push(root);
    if (chosen.includes(tile)) read0.set(tile.index, hashes);
  }
  // Before the root is judged, the entries: they can say which place was changed, where the root only says that one was.
  let entries = 0;
  for (const [at, tile] of chosen.entries()) {
    signal?.throwIfAborted();
    const bytes = await source.tile(bundlePath(tile));
    const place = `tile/${bundlePath(tile)}`;
    if (!bytes) return { step: 'entries', code: 'missing', place };
    const bundle = splitBundle(tile, bytes);
    if (!bundle) return { step: 'entries', code: 'bundle', place };
    const hashes = read0.get(tile.index) ?? [];
    for (const [offset, entry] of bundle.entries())
      if (!same(leafHash(entry), hashes[offset] as Hash))
        return { step: 'entries', code: 'entry', place: String(tile.index * WIDTH + offset) };
    entries += bundle.length;
    progress('entries', at + 1, chosen.length);
  }
  if (!same(rootOf(roots), head.root)) return { step: 'tiles', code: 'root' };
  return { tiles: total, entries };
}

export const isFault = (outcome: object): outcome is Fault => 'code' in outcome;
