import { beforeEach, expect, it } from 'vitest';
import '@/offline/disk.fixture';
import { hasDraft, wipeDrafts } from '@/offline/drafts';
import { keepValue, keptBase, keptValue } from './useKeptForm';

const base = { version: 3, body: { name: 'rep' } };
const start = { name: 'rep' };

beforeEach(() => wipeDrafts());

it('a form that was begun is found again with the version that it was begun from', () => {
  keepValue('role:rep', base, start, { name: 'other' });
  expect(keptBase('role:rep')).toEqual(base);
  expect(keptValue('role:rep', base, start)).toEqual({ name: 'other' });
});

it('a newer version begins with what it is, and what was changed back is not kept', () => {
  keepValue('role:rep', base, start, { name: 'other' });
  expect(keptValue('role:rep', { version: 4 }, start)).toEqual(start);
  keepValue('role:rep', base, start, { name: 'rep' });
  expect(hasDraft('role:rep')).toBe(false);
  expect(keptBase('role:rep')).toBeNull();
});
