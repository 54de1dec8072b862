/** The browser's check of the log, against what the server's own crate makes, and against every way to tamper with it. */
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { fromBase64, toBase64 } from './bytes';
import { checkTree, type Fault, isFault, type Kept, openLog, type Source } from './check';
import { openHead } from './checkpoint';
import { decodeEntry } from './entry';
import { parseKey } from './note';
import { proves } from './proof';
import { splitBundle, tilePath, tilesAt } from './tile';
import { leafHash } from './tree';
import vectors from './vectors.json';
import { beginAnew, keptHead, raisedAlarm, witness } from './witness';

const SIZE = 270;
type Size = keyof typeof vectors.heads;
const bytes = (text: string | undefined) => (text === undefined ? null : fromBase64(text));
const tiles = vectors.tiles as Record<string, string>;
const heads = vectors.heads as Record<string, string>;

/** An honest server of the vectors, with whatever a test changes about it. */
function log(change: Partial<Source> = {}): Source {
  return {
    key: async () => vectors.key,
    checkpoint: async () => vectors.heads[SIZE],
    consistency: async (from, to) => (to === SIZE ? vectors.consistency[String(from) as Size] : null),
    tile: async (path) => bytes(tiles[path]),
    ...change,
  };
}
const kept = (size: Size): Kept => ({ key: vectors.key, note: vectors.heads[size], at: 0 });
const quiet = () => undefined;

async function key() {
  const parsed = parseKey(vectors.key);
  if (!parsed) throw new Error('no key');
  return parsed;
}
async function head() {
  const opened = await openHead(vectors.heads[SIZE], await key());
  if (typeof opened === 'string') throw new Error(opened);
  return opened;
}
/** A tile or bundle with one bit of one byte turned. */
function turned(path: string, at: number) {
  const tampered = bytes(tiles[path]);
  if (!tampered) throw new Error(path);
  tampered[at] = (tampered[at] as number) ^ 1;
  return { tile: async (asked: string) => (asked === path ? tampered : bytes(tiles[asked])) };
}
const fault = (outcome: object): Fault => {
  if (!isFault(outcome)) throw new Error('it passed');
  return outcome;
};

describe('a signed head', () => {
  it('opens with the key of the log and says its size', async () => {
    expect(await head()).toMatchObject({ origin: 'kedun.example/log', size: SIZE });
  });

  it('is refused when a single character of it was changed', async () => {
    const note = vectors.heads[SIZE];
    for (const changed of [note.replace('\n270\n', '\n271\n'), note.replace('kedun', 'kedum')])
      expect(['bad_signature', 'unknown_key', 'foreign_origin']).toContain(
        await openHead(changed, await key()),
      );
    expect(await openHead(note.replace('\n\n', '\n'), await key())).toBe('malformed');
  });

  it('is refused when somebody else signed it under the same name', async () => {
    expect(await openHead(vectors.by_stranger, await key())).toBe('unknown_key');
  });

  it('is refused by the small library too, where the browser has no Ed25519', async () => {
    const original = crypto.subtle.importKey;
    const own = vi.spyOn(crypto.subtle, 'importKey').mockRejectedValue(new Error('NotSupportedError'));
    expect(original).toBeDefined();
    expect(typeof (await openHead(vectors.heads[SIZE], await key()))).toBe('object');
    expect(await openHead(vectors.heads[SIZE].replace('\n270\n', '\n269\n'), await key())).toBe(
      'bad_signature',
    );
    own.mockRestore();
  });

  it('has a key whose id is computed, not believed', () => {
    expect(parseKey(vectors.key.replace(/\+[0-9a-f]{8}\+/, '+00000000+'))).toBeNull();
  });
});

describe('what this browser kept', () => {
  it('is continued by the newest head, from every size', async () => {
    for (const size of Object.keys(vectors.heads) as Size[]) {
      const opened = await openLog(log(), kept(size));
      expect(isFault(opened), String(size)).toBe(false);
    }
  });

  it('shows a log that was cut short', async () => {
    const source = log({ checkpoint: async () => vectors.heads['200'] });
    expect(fault(await openLog(source, kept('270')))).toEqual({ step: 'witness', code: 'shrunk' });
  });

  it('shows a log that was rewritten, of the same size and of a larger one', async () => {
    const rewritten = log({ checkpoint: async () => vectors.forked });
    for (const size of ['270', '200'] as Size[])
      expect(fault(await openLog(rewritten, kept(size)))).toEqual({ step: 'witness', code: 'forked' });
  });

  it('is not satisfied by a proof that is missing, short, long or of another tree', async () => {
    const honest = vectors.consistency['200'];
    const other = vectors.consistency['5'];
    for (const proof of [null, [], honest.slice(1), [...honest, honest[0] as string], other, ['x']]) {
      const source = log({ consistency: async () => proof });
      expect(fault(await openLog(source, kept('200'))).code).toBe('forked');
    }
  });

  it('shows another key', async () => {
    const source = log({ key: async () => vectors.stranger, checkpoint: async () => vectors.by_stranger });
    expect(fault(await openLog(source, kept('200')))).toEqual({ step: 'key', code: 'key_changed' });
  });
});

describe('the tree', () => {
  it('holds, with progress, for hashes alone and for every entry', async () => {
    const seen: string[] = [];
    const all = await checkTree(log(), await head(), 'all', (step, done, of) =>
      seen.push(`${step} ${done}/${of}`),
    );
    expect(all).toEqual({ tiles: 3, entries: SIZE });
    expect(seen).toEqual(['tiles 1/3', 'tiles 2/3', 'tiles 3/3', 'entries 1/2', 'entries 2/2']);
    expect(await checkTree(log(), await head(), 'hashes', quiet)).toEqual({ tiles: 3, entries: 0 });
  });

  it('names the tile whose hashes were changed', async () => {
    const outcome = await checkTree(log(turned('0/000', 32 * 40)), await head(), 'hashes', quiet);
    expect(fault(outcome)).toEqual({ step: 'tiles', code: 'tile', place: 'tile/0/000' });
  });

  it('says that the root is another when only the last, unfinished tile was changed', async () => {
    const outcome = await checkTree(log(turned('0/001.p/14', 5)), await head(), 'hashes', quiet);
    expect(fault(outcome)).toEqual({ step: 'tiles', code: 'root' });
  });

  it('names the entry that was changed', async () => {
    const bundle = bytes(tiles['entries/000']) as Uint8Array;
    const entries = splitBundle({ level: 0, index: 0, width: 256 }, bundle) ?? [];
    const start = entries.slice(0, 137).reduce((sum, entry) => sum + 2 + entry.length, 0);
    const outcome = await checkTree(log(turned('entries/000', start + 2 + 30)), await head(), 'all', quiet);
    expect(fault(outcome)).toEqual({ step: 'entries', code: 'entry', place: '137' });
  });

  it('names what the server hides or cuts', async () => {
    const hidden = log({ tile: async (path) => (path === 'entries/001.p/14' ? null : bytes(tiles[path])) });
    expect(fault(await checkTree(hidden, await head(), 'all', quiet))).toEqual({
      step: 'entries',
      code: 'missing',
      place: 'tile/entries/001.p/14',
    });
    const cut = log({ tile: async (path) => bytes(tiles[path])?.slice(0, -1) ?? null });
    expect(fault(await checkTree(cut, await head(), 'all', quiet))).toMatchObject({ code: 'tile' });
  });

  it('ends when nobody waits for it any longer', async () => {
    const gone = AbortSignal.abort();
    await expect(checkTree(log(), await head(), 'all', quiet, gone)).rejects.toThrow();
  });

  it('has the paths of the standard', () => {
    expect(tilesAt(0, SIZE).map(tilePath)).toEqual(['0/000', '0/001.p/14']);
    expect(tilesAt(1, SIZE).map(tilePath)).toEqual(['1/000.p/1']);
    expect(tilePath({ level: 0, index: 1_234_067, width: 256 })).toBe('0/x001/x234/067');
  });
});

describe('one entry', () => {
  const entry = (index: number) => {
    const tile = tilesAt(0, SIZE)[Math.floor(index / 256)];
    if (!tile) throw new Error('no such tile');
    const path = index < 256 ? 'entries/000' : 'entries/001.p/14';
    return splitBundle(tile, bytes(tiles[path]) as Uint8Array)?.[index % 256] as Uint8Array;
  };

  it('is proved to be in the log, wherever it stands', async () => {
    for (const [index, text] of Object.entries(vectors.proofs as Record<string, string>))
      expect((await proves(text, leafHash(entry(Number(index))), Number(index), await key()))?.size).toBe(
        SIZE,
      );
  });

  it('is not proved by the proof of another, nor when it was changed', async () => {
    const text = vectors.proofs['7'];
    expect(await proves(text, leafHash(entry(255)), 7, await key())).toBeNull();
    expect(await proves(text, leafHash(entry(7)), 255, await key())).toBeNull();
    expect(await proves(vectors.proofs['255'], leafHash(entry(7)), 7, await key())).toBeNull();
    expect(await proves(text.replace('270', '269'), leafHash(entry(7)), 7, await key())).toBeNull();
  });

  it('reads as what was hashed', () => {
    expect(decodeEntry(entry(7))).toEqual({
      id: '00000000000000000000000000000007',
      at: 1_780_000_007_000,
      actor: '02020202',
      action: 'field.reveal',
      object: 'customer',
      reference: '04'.repeat(32),
      fields: ['phone', '邮箱'],
      purpose: 'call',
      decision: 'denied',
      count: 100_000,
    });
    expect(decodeEntry(entry(8))).toMatchObject({ action: 'record.read', object: null, fields: [] });
    for (const broken of [new Uint8Array(), entry(7).slice(0, -1), new Uint8Array([0xa1, 0, 2])])
      expect(decodeEntry(broken)).toBeNull();
  });
});

describe('a browser as a witness', () => {
  beforeEach(() => {
    const store = new Map<string, string>();
    vi.stubGlobal('localStorage', {
      getItem: (name: string) => store.get(name) ?? null,
      setItem: (name: string, value: string) => void store.set(name, value),
      removeItem: (name: string) => void store.delete(name),
    });
  });

  it('keeps each head that continues the last, and stays quiet', async () => {
    for (const size of ['5', '270'] as Size[]) {
      const source = log({ checkpoint: async () => heads[size] as string });
      expect(await witness(source, false)).toBeNull();
      expect(keptHead()?.note).toBe(heads[size]);
    }
  });

  it('raises an alarm that stays, and keeps the evidence of both sides', async () => {
    await witness(log(), false);
    const rewritten = log({ checkpoint: async () => vectors.forked });
    const alarm = await witness(rewritten, false);
    expect(alarm).toMatchObject({ fault: { code: 'forked' }, note: vectors.forked });
    expect(alarm?.kept?.note).toBe(vectors.heads['270']);
    // An honest answer afterwards does not take it back; somebody who found out why does.
    expect(await witness(log(), false)).toEqual(alarm);
    expect(keptHead()?.note).toBe(vectors.heads['270']);
    beginAnew();
    expect(await witness(log(), false)).toBeNull();
    expect(raisedAlarm()).toBeNull();
  });

  it('takes a new key for an alarm, and only in a demo for a new demo', async () => {
    const other = log({ key: async () => vectors.stranger, checkpoint: async () => vectors.by_stranger });
    await witness(log(), false);
    expect(await witness(other, true)).toBeNull();
    expect(keptHead()?.key).toBe(vectors.stranger);
    expect((await witness(log(), false))?.fault.code).toBe('key_changed');
  });

  it('is not fooled by a demo that rewrites its log under the same key', async () => {
    await witness(log(), true);
    const alarm = await witness(log({ checkpoint: async () => vectors.forked }), true);
    expect(alarm?.fault.code).toBe('forked');
  });

  it('says nothing when the server cannot be reached', async () => {
    await witness(log(), false);
    const away = log({ checkpoint: async () => Promise.reject(new Error('offline')) });
    await expect(witness(away, false)).rejects.toThrow('offline');
    expect(raisedAlarm()).toBeNull();
  });
});

it('bytes have one spelling', () => {
  expect(fromBase64('AB==')).toBeNull();
  expect(fromBase64('not base64')).toBeNull();
  expect(toBase64(fromBase64('AA==') as Uint8Array)).toBe('AA==');
});
