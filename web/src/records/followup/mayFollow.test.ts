import { expect, it } from 'vitest';
import type { KedunRecord } from '@/api/contract';
import { mayFollow } from './mayFollow';

const withRights = (rights: Partial<KedunRecord['rights']>) => ({ rights }) as Pick<KedunRecord, 'rights'>;

it('nobody follows up what is in the pool, or what they were only shown', () => {
  expect(mayFollow(withRights({ claim: false, shown_only: false }))).toBe(true);
  expect(mayFollow(withRights({ claim: true }))).toBe(false);
  expect(mayFollow(withRights({ shown_only: true }))).toBe(false);
});
