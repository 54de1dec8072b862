/** What lies on the disk of a device that several use, and what changes while it is read. */
import { afterEach, beforeEach, expect, it, vi } from 'vitest';

/** The disk, and a reading that can be held up. */
const shelf = vi.hoisted(() => {
  const rows = new Map<string, unknown>();
  let held: Promise<void> | null = null;
  const store = {
    getAllKeys: () => [...rows.keys()],
    get: (id: string) => rows.get(id),
    put: (value: unknown, id: string) => rows.set(id, value),
    delete: (id: string) => rows.delete(id),
  };
  return {
    rows,
    /** Reads find what is there now, and hand it over once the answer is called. */
    hold(): () => void {
      let go: () => void = () => undefined;
      held = new Promise((resolve) => {
        go = resolve;
      });
      return () => {
        held = null;
        go();
      };
    },
    async ask(mode: string, work: (of: typeof store) => unknown) {
      const found = work(store);
      if (mode === 'readonly' && held) await held;
      return found;
    },
  };
});
vi.mock('./shelf', () => ({ openShelf: () => shelf.ask }));

Object.assign(globalThis, { navigator: { onLine: true } });
const { discard, flush, openOutbox, outbox, submit, wipeOutbox } = await import('./outbox');
const { dropKey, takeKey } = await import('./sealing');

const about = { object: 'customer', id: 'c1', title: '山里诊所' };
const words = { method: 'POST' as const, path: '/follow', body: {}, about, what: 'plan_done' as const };
const before = globalThis.fetch;
const asked = vi.fn();

beforeEach(async () => {
  asked.mockReset();
  globalThis.fetch = async () => {
    asked();
    return new Response('', { status: 503 });
  };
  await takeKey(btoa('a'.repeat(32)));
});
afterEach(async () => {
  await wipeOutbox();
  shelf.rows.clear();
  dropKey();
  globalThis.fetch = before;
});

it('what one left sealed waits while another comes and goes', async () => {
  const { id } = await submit(words);
  // The session ran out, and the page was closed.
  const left = new Map(shelf.rows);
  await wipeOutbox();
  for (const [key, sealed] of left) shelf.rows.set(key, sealed);
  await takeKey(btoa('b'.repeat(32)));
  await openOutbox();
  expect(outbox.snapshot()).toEqual([]);
  await submit(words);
  await wipeOutbox();
  expect([...shelf.rows.keys()]).toEqual([id]);
  await takeKey(btoa('a'.repeat(32)));
  await openOutbox();
  expect(outbox.snapshot().map((entry) => entry.id)).toEqual([id]);
});

it('what is thrown away while the disk is read does not come back, and is not sent', async () => {
  const { id } = await submit(words);
  asked.mockClear();
  const go = shelf.hold();
  const flushed = flush();
  expect((await discard(id))?.id).toBe(id);
  go();
  await flushed;
  expect(outbox.snapshot()).toEqual([]);
  expect(asked).not.toHaveBeenCalled();
});

it('what is kept while the disk is read stays', async () => {
  const go = shelf.hold();
  const flushed = flush();
  const { id } = await submit(words);
  go();
  await flushed;
  expect(outbox.snapshot().map((entry) => entry.id)).toEqual([id]);
});

it('what was read for somebody who went is not shown to who comes', async () => {
  await submit(words);
  const go = shelf.hold();
  const flushed = flush();
  await wipeOutbox();
  go();
  await flushed;
  expect(outbox.snapshot()).toEqual([]);
});
