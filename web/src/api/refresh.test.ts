import { afterEach, expect, it, vi } from 'vitest';
import {
  directoryQuery,
  queryClient,
  recordQuery,
  refreshLists,
  refreshRecord,
  refreshRecords,
  searchEverywhereQuery,
  searchQuery,
  sharesQuery,
} from './queries';

const stale = (key: readonly unknown[]) => queryClient.getQueryState(key)?.isInvalidated;

it('what was searched for is asked again once one of them has changed or is gone', () => {
  const keys = [searchQuery('customer', '明德').queryKey, searchEverywhereQuery('明德').queryKey];
  for (const refresh of [refreshRecord, refreshLists]) {
    for (const key of keys) queryClient.setQueryData(key, { results: [], partial: false });
    expect(keys.map(stale)).toEqual([false, false]);
    refresh('customer', '01');
    expect(keys.map(stale)).toEqual([true, true]);
  }
});

it('after a batch the open panel, its shares and what was searched for are asked again', () => {
  const keys = [
    recordQuery('customer', '01').queryKey,
    sharesQuery('customer', '01').queryKey,
    searchQuery('customer', '明德').queryKey,
  ];
  const other = recordQuery('customer', '02').queryKey;
  for (const key of [...keys, other]) queryClient.setQueryData(key as readonly unknown[], []);
  refreshRecords('customer', ['01']);
  expect(keys.map(stale)).toEqual([true, true, true]);
  expect(stale(other)).toBe(false);
});

afterEach(() => vi.unstubAllGlobals());

it('everybody there is to name is asked for to the end', async () => {
  const asked: string[] = [];
  vi.stubGlobal('fetch', async (path: string) => {
    asked.push(path);
    const last = path.includes('cursor=');
    const people = [{ id: last ? 'p201' : 'p1', name: last ? '钱新' : '林若琳' }];
    return new Response(JSON.stringify({ people, next_cursor: last ? null : 'p200' }));
  });
  const people = await queryClient.fetchQuery(directoryQuery);
  expect(people.map(({ id }) => id).sort()).toEqual(['p1', 'p201']);
  expect(asked).toEqual(['/api/v1/people?limit=200', '/api/v1/people?limit=200&cursor=p200']);
});
