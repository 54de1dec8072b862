import { expect, it } from 'vitest';
import type { Me } from './contract';
import { heedRules, objectQuery, objectsQuery, queryClient } from './queries';

const me = (more: Partial<Me>) =>
  ({ catalog: 1, person: { roles: [{ name: 'rep' }] }, acts: [], objects: ['customer'], ...more }) as Me;
const keys = [objectsQuery.queryKey, objectQuery('customer').queryKey];
const stale = () => keys.map((key) => queryClient.getQueryState(key)?.isInvalidated);

it('objects are asked for again once somebody published, or gave one another role', () => {
  for (const change of [{ catalog: 2 }, { acts: ['exports.approve'] }, { objects: [] }]) {
    for (const key of keys) queryClient.setQueryData(key, {} as never);
    heedRules(undefined, me({}));
    heedRules(me({}), me({}));
    expect(stale()).toEqual([false, false]);
    heedRules(me({}), me(change));
    expect(stale()).toEqual([true, true]);
  }
});
