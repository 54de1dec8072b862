import { expect, it, vi } from 'vitest';
import { zh } from '@/i18n/zh-CN';
import { wordFor } from './browser';
import { inOrder, type Notification, ofExports } from './useNotifications';

vi.mock('@/api/queries', () => ({}));

const at = (key: string, moment: string): Notification => ({
  key,
  at: moment,
  icon: 'bell',
  text: key,
  path: '/',
});

it('says nothing of anybody outside the page', () => {
  const data = { id: 'a1', state: 'open', decidable: true, person: { name: '李娜' } };
  for (const event of ['alert', 'task', 'export']) {
    const word = wordFor(event, data);
    expect(word, event).not.toBeNull();
    // The sentence has no place for a name.
    expect(word && zh[word.key]).not.toMatch(/[{]/);
  }
});

it('says nothing outside of what waits for somebody else', () => {
  expect(wordFor('task', { decidable: false, state: 'open' })).toBeNull();
  expect(wordFor('task', { decidable: true, state: 'approved' })).toBeNull();
  expect(wordFor('alert', { state: 'closed' })).toBeNull();
  expect(wordFor('handover', { state: 'running' })).toBeNull();
  expect(wordFor('ping', {})).toBeNull();
});

it('puts the newest first and lets the old go', () => {
  const now = new Date('2026-11-26T00:00:00Z').getTime();
  const all = [
    at('old', '2026-11-01T00:00:00Z'),
    at('a', '2026-11-24T00:00:00Z'),
    at('b', '2026-11-25T00:00:00Z'),
  ];
  expect(inOrder(all, now).map((item) => item.key)).toEqual(['b', 'a']);
});

it('is news again when an export comes into another state', () => {
  const item = { id: 'e1', number: 'KD-1', created_at: '2026-11-24T00:00:00Z', decided_at: null };
  const keys = (state: string) => ofExports([{ ...item, state }] as never).map((found) => found.key);
  expect(keys('running')).toEqual([]);
  expect(keys('ready')).toEqual(['export:e1:ready']);
  expect(keys('failed')).toEqual(['export:e1:failed']);
});
