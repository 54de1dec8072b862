import { expect, it } from 'vitest';
import type { KedunRecord } from '@/api/contract';
import { wayBack } from './undo';

const record = (owner: string | null, rights: Record<string, boolean>) =>
  ({
    id: 'r1',
    object: 'customer',
    owner: owner ? { id: owner, name: owner } : null,
    rights,
  }) as unknown as KedunRecord;

it('offers to give back only to whom may give it', () => {
  const before = record('li', {});
  expect(wayBack('transfer', before, record('wang', { transfer: true }))).toMatchObject({
    path: '/objects/customer/records/r1/transfers',
    body: { to: 'li' },
  });
  expect(wayBack('transfer', before, record('wang', { transfer: false }))).toBeNull();
  expect(wayBack('transfer', before, { id: 'r1', out_of_sight: true })).toBeNull();
});

it('offers to claim back only what may be claimed', () => {
  expect(wayBack('release', record('li', {}), record(null, { claim: true }))).toEqual({
    path: '/objects/customer/records/r1/claims',
  });
  expect(wayBack('release', record('li', {}), record(null, { claim: false }))).toBeNull();
});
