import { expect, it } from 'vitest';
import type { KedunRecord } from '@/api/contract';
import { t } from '@/i18n';
import { poolRule } from './PoolFact';

const record = { fields: { protected_until: { value: '2026-12-01' } } } as unknown as KedunRecord;

it('a record that falls says after how many days, and until when it is protected', () => {
  expect(poolRule(record, { pool_after_days: 30, pool_not_before: 'protected_until' })).toEqual([
    t('pool.why', { n: 30 }),
    t('pool.why.protected', { day: '2026-12-01' }),
  ]);
  expect(poolRule({ fields: {} }, { pool_after_days: 30, pool_not_before: 'protected_until' })).toEqual([
    t('pool.why', { n: 30 }),
  ]);
});

it('nothing is explained that the server did not tell', () => {
  expect(poolRule(record, {})).toEqual([]);
});
