import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { ObjectDef } from './api/contract';

const asked: { method: string; path: string; body?: string }[] = [];
const def = { name: 'customer', verbs: ['create'], views: [{ name: 'mine' }, { name: 'all', sort: ['-x'] }] };

function at(address: string): Promise<typeof import('./ahead')> {
  const { pathname, search } = new URL(address, 'https://house.example');
  vi.stubGlobal('document', { documentElement: {} });
  vi.stubGlobal('localStorage', {
    getItem: (key: string) => store.get(key) ?? null,
    setItem: (key: string, value: string) => store.set(key, value),
  });
  vi.stubGlobal('location', { pathname, search });
  vi.stubGlobal('fetch', (path: string, init: RequestInit) => {
    asked.push({ method: String(init.method), path, ...(init.body ? { body: String(init.body) } : {}) });
    return Promise.resolve(new Response(JSON.stringify(def as Partial<ObjectDef>), { status }));
  });
  return import('./ahead');
}
const store = new Map<string, string>();
let status = 200;
const settle = () => new Promise((done) => setTimeout(done, 5));

beforeEach(() => {
  asked.length = 0;
  store.clear();
  status = 200;
  vi.resetModules();
});
afterEach(() => vi.unstubAllGlobals());

it('asks for a list as the list itself would, and hands each answer out once', async () => {
  const { taken } = await at('/records/customer?view=all');
  await settle();
  expect(asked.map(({ method, path }) => `${method} ${path}`)).toEqual([
    'GET /api/v1/me',
    'GET /api/v1/objects',
    'GET /api/v1/me/preferences',
    'GET /api/v1/objects/customer',
    'POST /api/v1/objects/customer/query',
  ]);
  const body = JSON.stringify({
    limit: 50,
    count: true,
    view: 'all',
    sort: [{ field: 'x', dir: 'desc' }],
  });
  expect(asked.at(-1)?.body).toBe(body);
  expect((await taken('POST', '/objects/customer/query', body))?.ok).toBe(true);
  expect(await taken('POST', '/objects/customer/query', body)).toBeUndefined();
  expect(await taken('GET', '/objects/customer', undefined)).toBeInstanceOf(Response);
});

it('asks what it asked the last time without waiting for the definition, and again when that has changed', async () => {
  const posts = () => asked.filter(({ method }) => method === 'POST').map(({ body }) => body);
  await at('/records/customer');
  await settle();
  asked.length = 0;
  vi.resetModules();
  await at('/records/customer');
  expect(asked.at(-1)?.method).toBe('POST');
  await settle();
  expect(posts()).toHaveLength(1);
  // Whoever signs in next begins elsewhere.
  store.set('kedun.lists', JSON.stringify({ 'customer?': '{"view":"gone"}' }));
  asked.length = 0;
  vi.resetModules();
  await at('/records/customer');
  await settle();
  expect(posts()).toEqual(['{"view":"gone"}', '{"limit":50,"count":true,"view":"mine"}']);
});

it('leaves conditions of one\u2019s own to the list, and asks nothing for who has no session', async () => {
  await at('/records/customer?f=%7B%7D');
  await settle();
  expect(asked.some(({ method }) => method === 'POST')).toBe(false);
  asked.length = 0;
  vi.resetModules();
  for (const address of ['/sign-in?to=%2F', '/p', '/welcome']) await at(address);
  expect(asked).toEqual([]);
});

it('tells who is asked for that there is no session, and keeps no refusal for whoever has signed in since', async () => {
  status = 401;
  const { taken } = await at('/');
  await settle();
  expect((await taken('GET', '/me'))?.status).toBe(401);
  expect(await taken('GET', '/objects')).toBeUndefined();
  expect(await taken('GET', '/today')).toBeUndefined();
});
