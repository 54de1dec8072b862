import { expect, it } from 'vitest';
import type { FieldDef, KedunRecord, ObjectDef } from '@/api/contract';
import { t } from '@/i18n';
import { advice, reminder } from './advice';

const days = (n: number) => new Date(Date.now() + n * 86_400_000).toISOString();
const stage = {
  name: 'stage',
  kind: 'select',
  options: [{ value: 'new' }, { value: 'lost', outcome: 'lost' }],
} as FieldDef;
const next = { name: 'next_follow_up', kind: 'datetime' } as FieldDef;
const object = { fields: [stage, next] } as ObjectDef;
const record = (more: Partial<KedunRecord>, at = 'new') =>
  ({
    next_follow_up: null,
    last_follow_up: null,
    rights: { edit: true },
    fields: { stage: { value: at } },
    ...more,
  }) as unknown as KedunRecord;

it('a next contact that is overdue comes before what was never begun', () => {
  expect(advice(record({ next_follow_up: days(-2) }), object)?.text).toBe(t('advice.overdue', { n: 2 }));
  expect(advice(record({}), object)?.text).toBe(t('advice.first'));
});

it('a held record is not counted down to the pool', () => {
  const falling = { pool_due_at: days(1), last_follow_up: days(-3) };
  expect(advice(record(falling), object)?.text).toBe(t('advice.pool', { n: 1 }));
  expect(advice(record({ ...falling, held: true }), object)?.text).toBe(t('advice.plan'));
});

it('nobody is sent after what was lost', () => {
  expect(advice(record({ next_follow_up: days(-2) }, 'lost'), object)).toBeNull();
});

it('a lead is reminded of the contact that was arranged, and of nothing else', () => {
  expect(reminder(record({ next_follow_up: days(0) }), object)).toBe(t('advice.today'));
  expect(reminder(record({}), object)).toBeNull();
  const ticket = { fields: [stage, { name: 'due_at', kind: 'datetime' }] } as ObjectDef;
  expect(reminder(record({ next_follow_up: days(-2) }), ticket)).toBeNull();
});
