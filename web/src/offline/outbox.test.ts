import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type About, discard, flush, leave, outbox, retry, submit, wipeOutbox } from './outbox';
import { dropKey, takeKey } from './sealing';

/** What reached the server: the path, and the key under which it remembers what it made. */
let arrived: { path: string; key: string }[] = [];
/** How the server answers the follow-up. */
let answer: () => Response;

const made = () => new Response(JSON.stringify({ id: 'made' }), { status: 201 });
const refusal = () =>
  new Response(JSON.stringify({ errors: [{ field: 'content', code: 'x', message: '不行' }] }), {
    status: 422,
  });
const unreachable = () => new Response('', { status: 503 });

const about: About = { object: 'customer', id: 'c1', title: '山里诊所' };
const words = { method: 'POST' as const, path: '/follow', body: { fields: {} }, about };
const photo = (id: string) => ({
  id,
  method: 'POST' as const,
  path: '/files',
  body: {},
  about,
  what: 'photo' as const,
  file: { name: `${id}.jpg`, bytes: btoa('jpeg') },
});

/** A request that sends bytes, as far as the outbox uses one. */
class Sent {
  upload = {};
  response = {};
  status = 201;
  responseType = '';
  onload = () => {};
  #path = '';
  #key = '';
  open(_method: string, path: string) {
    this.#path = path;
  }
  setRequestHeader(name: string, value: string) {
    if (name === 'Idempotency-Key') this.#key = value;
  }
  getResponseHeader = () => null;
  send() {
    arrived.push({ path: this.#path, key: this.#key });
    queueMicrotask(() => this.onload());
  }
}

Object.assign(globalThis, { XMLHttpRequest: Sent, navigator: { onLine: true } });
const before = globalThis.fetch;

beforeEach(async () => {
  arrived = [];
  globalThis.fetch = (async (path: string, init: RequestInit) => {
    const { status } = answer();
    const key = new Headers(init.headers).get('Idempotency-Key') ?? '';
    if (status === 201) arrived.push({ path, key });
    return answer();
  }) as typeof fetch;
  await takeKey(btoa('k'.repeat(32)));
});
afterEach(async () => {
  await wipeOutbox();
  dropKey();
  globalThis.fetch = before;
});

/** A follow-up with two photos that waited for a network, and was refused when there was one. */
async function refused(): Promise<string> {
  answer = unreachable;
  const { sent, id } = await submit({ ...words, what: 'follow_up' }, [photo('p1'), photo('p2')]);
  expect(sent).toBeNull();
  answer = refusal;
  await flush();
  return id;
}

describe('a follow-up that was refused', () => {
  it('keeps its photos here with it, until its writer decides', async () => {
    const id = await refused();
    expect(outbox.snapshot().map((entry) => [entry.id, entry.refused])).toEqual([
      [id, '不行'],
      ['p1', undefined],
      ['p2', undefined],
    ]);
    await flush();
    expect(arrived).toEqual([]);
  });

  it('takes its photos along when it is tried again, each once and after it', async () => {
    const id = await refused();
    answer = made;
    await retry(id);
    await flush();
    expect(arrived).toEqual([
      { path: '/api/v1/follow', key: id },
      { path: '/api/v1/files?follow_up=made', key: 'p1' },
      { path: '/api/v1/files?follow_up=made', key: 'p2' },
    ]);
    expect(outbox.snapshot()).toEqual([]);
  });

  it('is refused again without losing them', async () => {
    const id = await refused();
    await retry(id);
    await flush();
    expect(outbox.snapshot().map((entry) => entry.after)).toEqual([undefined, id, id]);
    expect(arrived).toEqual([]);
  });

  it('lets them go to the record alone once it was thrown away', async () => {
    const id = await refused();
    expect((await discard(id))?.id).toBe(id);
    await flush();
    expect(arrived.map((one) => one.path)).toEqual(['/api/v1/files', '/api/v1/files']);
    expect(outbox.snapshot()).toEqual([]);
  });
});

describe('a follow-up whose answer breaks off', () => {
  it('waits with its photos under its key, as one that found no network', async () => {
    answer = () => {
      const body = new ReadableStream({ start: (stream) => stream.error(new TypeError('network error')) });
      return new Response(body, { status: 201 });
    };
    const { sent, id } = await submit({ ...words, what: 'follow_up' }, [photo('p1')]);
    expect(sent).toBeNull();
    expect(outbox.snapshot().map((entry) => [entry.id, entry.refused])).toEqual([
      [id, undefined],
      ['p1', undefined],
    ]);
    answer = made;
    await flush();
    await vi.waitFor(() => expect(outbox.snapshot()).toEqual([]));
    // However often it was sent: one key, so one follow-up.
    expect([...new Set(arrived.map((one) => one.key))]).toEqual([id, 'p1']);
  });
});

describe('what has nothing to do with it', () => {
  it('is not held up', async () => {
    await refused();
    await leave([photo('other')]);
    await vi.waitFor(() => expect(arrived).toEqual([{ path: '/api/v1/files', key: 'other' }]));
  });
});

describe('a plan that is made without a network', () => {
  it('waits with what it is for, and is made once under its key', async () => {
    answer = unreachable;
    const plan = { ...words, path: '/objects/plan/records', id: 'k1', what: 'plan' as const, text: '送样品' };
    const { sent } = await submit(plan);
    expect(sent).toBeNull();
    expect(outbox.snapshot().map(({ id, what, text }) => [id, what, text])).toEqual([
      ['k1', 'plan', '送样品'],
    ]);
    answer = made;
    await flush();
    await flush();
    expect(outbox.snapshot()).toEqual([]);
    expect(arrived).toEqual([{ path: expect.stringContaining('/objects/plan/records'), key: 'k1' }]);
  });
});

describe('what is thrown away while it is on its way', () => {
  /** Sends again what found no network; `land` lets the server answer. */
  async function onItsWay(): Promise<{ id: string; land: (how: () => Response) => void }> {
    answer = unreachable;
    const { id } = await submit({ ...words, what: 'plan_done' });
    let land: (how: () => Response) => void = () => undefined;
    const landed = new Promise<() => Response>((resolve) => {
      land = resolve;
    });
    globalThis.fetch = async () => (await landed)();
    void flush();
    await vi.waitFor(() => expect(outbox.sending()).toBe(id));
    return { id, land };
  }

  it('has happened when the server had it, and says so', async () => {
    const { id, land } = await onItsWay();
    const gone = discard(id);
    land(made);
    expect(await gone).toBeNull();
    expect(outbox.snapshot()).toEqual([]);
  });

  it('is gone when the server could not be reached, and says that it was tried', async () => {
    const { id, land } = await onItsWay();
    const gone = discard(id);
    land(unreachable);
    expect((await gone)?.tries).toBe(2);
    expect(outbox.snapshot()).toEqual([]);
  });

  it('does not come back after a sign-out', async () => {
    const { land } = await onItsWay();
    await wipeOutbox();
    land(unreachable);
    await vi.waitFor(() => expect(outbox.sending()).toBeNull());
    expect(outbox.snapshot()).toEqual([]);
  });
});

describe('what meets a door that its writer has to open first', () => {
  it('waits, and goes when that is done', async () => {
    const reload = vi.fn();
    vi.stubGlobal('location', { reload });
    for (const code of ['choose_password', 'enrol_second_factor']) {
      globalThis.fetch = async () => unreachable();
      await submit({ ...words, what: 'follow_up' });
      globalThis.fetch = async () => new Response(JSON.stringify({ code }), { status: 403 });
      await flush();
      expect(outbox.snapshot().map((entry) => entry.refused)).toEqual([undefined]);
      globalThis.fetch = async () => made();
      await flush();
      expect(outbox.snapshot()).toEqual([]);
    }
    // The page's own route leads to what is to be done.
    expect(reload).toHaveBeenCalled();
    vi.unstubAllGlobals();
  });
});
