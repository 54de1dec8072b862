import { expect, it } from 'vitest';
import type { Condition, FieldDef } from '@/api/contract';
import { turned } from './ConditionSheet';

const def = { name: 'amount' } as FieldDef;
const typed: Condition = { field: 'amount', op: 'ge', value: 500_000 };

it('keeps what was typed by another operator that takes the same', () => {
  expect(turned(typed, def, 'le')).toEqual({ field: 'amount', op: 'le', value: 500_000 });
});

it('begins anew where it would mean nothing', () => {
  expect(turned(typed, def, 'between').value).toBeUndefined();
  expect(turned(typed, def, 'empty')).toEqual({ field: 'amount', op: 'empty' });
});
