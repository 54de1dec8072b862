import { expect, it } from 'vitest';
import { queryClient, refreshLists, refreshRecord, searchEverywhereQuery, searchQuery } from './queries';

const stale = (key: readonly unknown[]) => queryClient.getQueryState(key)?.isInvalidated;

it('what was searched for is asked again once one of them has changed or is gone', () => {
  const keys = [searchQuery('customer', '明德').queryKey, searchEverywhereQuery('明德').queryKey];
  for (const refresh of [refreshRecord, refreshLists]) {
    for (const key of keys) queryClient.setQueryData(key, []);
    expect(keys.map(stale)).toEqual([false, false]);
    refresh('customer', '01');
    expect(keys.map(stale)).toEqual([true, true]);
  }
});
