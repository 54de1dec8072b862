import { expect, it, vi } from 'vitest';

vi.mock('@/api/client', () => ({}));
const { MOST_PRINTED, prints } = await import('./paper');

it('names every record on the page once, by object, in portions', () => {
  const many = Array.from({ length: MOST_PRINTED + 5 }, (_, n) => `c${n}`);
  const found = prints([
    { object: 'customer', ids: () => many },
    { object: 'customer', ids: () => ['c1', 'c2'] },
    { object: 'plan', ids: () => ['p1'] },
    { object: 'lead', ids: () => [] },
  ]);
  expect(found.map(({ object, records }) => [object, records.length])).toEqual([
    ['customer', MOST_PRINTED],
    ['customer', 5],
    ['plan', 1],
  ]);
});
