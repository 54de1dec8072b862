import { afterEach, expect, it, vi } from 'vitest';
import { erasureQuery, exportsQuery, handoverQuery } from './cases';

/** How soon it would be asked again, with this in hand. */
function again(options: { refetchInterval?: unknown }, data: unknown): unknown {
  return (options.refetchInterval as (query: unknown) => unknown)({ state: { data } });
}
const running = { pages: [{ state: 'running', stopped_at: null }] };

afterEach(() => vi.useRealTimers());

it('asks again while a case moves, and not while it stands still', () => {
  expect(again(handoverQuery('h'), running)).toBe(2_000);
  expect(
    again(handoverQuery('h'), { pages: [{ state: 'running', stopped_at: '2026-11-24T02:00:00Z' }] }),
  ).toBe(false);
  expect(again(erasureQuery('e'), { state: 'approved', preview: { holds: [] } })).toBe(2_000);
  expect(again(erasureQuery('e'), { state: 'approved', preview: { holds: ['r1'] } })).toBe(false);
  expect(again(exportsQuery, [{ state: 'ready' }, { state: 'running' }])).toBe(3_000);
});

it('asks nothing by itself once nobody is there', () => {
  vi.useFakeTimers({ now: Date.now() + 61_000 });
  expect(again(handoverQuery('h'), running)).toBe(false);
  expect(again(erasureQuery('e'), { state: 'approved', preview: { holds: [] } })).toBe(false);
  expect(again(exportsQuery, [{ state: 'running' }])).toBe(false);
});
