/** Tiles of 256 hashes and bundles of 256 entries, by the paths of C2SP tlog-tiles. */
import { HASH, type Hash } from './tree';

export const WIDTH = 256;

/** `000`, or `x001/x234/067`; a part of a tile ends in `.p/17`. */
function tail(index: number, width: number): string {
  const groups: string[] = [];
  let rest = index;
  do {
    groups.unshift((groups.length ? 'x' : '') + String(rest % 1000).padStart(3, '0'));
    rest = Math.floor(rest / 1000);
  } while (rest > 0);
  return groups.join('/') + (width === WIDTH ? '' : `.p/${width}`);
}

export type Tile = { level: number; index: number; width: number };

/** The tiles of a level in a tree of `size` entries. */
export function tilesAt(level: number, size: number): Tile[] {
  const nodes = Math.floor(size / WIDTH ** level);
  return Array.from({ length: Math.ceil(nodes / WIDTH) }, (_, index) => ({
    level,
    index,
    width: Math.min(WIDTH, nodes - index * WIDTH),
  }));
}

export const tilePath = ({ level, index, width }: Tile): string => `${level}/${tail(index, width)}`;
export const bundlePath = ({ index, width }: Tile): string => `entries/${tail(index, width)}`;

export function splitTile({ width }: Tile, bytes: Uint8Array): Hash[] | null {
  if (bytes.length !== width * HASH) return null;
  return Array.from({ length: width }, (_, at) => bytes.slice(at * HASH, (at + 1) * HASH));
}

/** Entries behind their lengths (big-endian u16); none when the bundle ends inside one or holds another number. */
export function splitBundle({ width }: Tile, bytes: Uint8Array): Uint8Array[] | null {
  const entries: Uint8Array[] = [];
  let at = 0;
  while (at + 2 <= bytes.length) {
    const length = ((bytes[at] as number) << 8) | (bytes[at + 1] as number);
    if (at + 2 + length > bytes.length) return null;
    entries.push(bytes.slice(at + 2, at + 2 + length));
    at += 2 + length;
  }
  return at === bytes.length && entries.length === width ? entries : null;
}
