import { expect, it } from 'vitest';
import type { FieldDef, KedunRecord, ObjectDef } from '@/api/contract';
import { isOver } from './deadline';

const options = [
  { value: 'open' },
  { value: 'won', outcome: 'won' },
  { value: 'lost', outcome: 'lost' },
  { value: 'converted', outcome: 'won', locked: true },
];
const stage = { name: 'stage', kind: 'select', options } as FieldDef;
const due = { name: 'due_at', kind: 'datetime' } as FieldDef;
const of = (...fields: FieldDef[]) => ({ fields }) as ObjectDef;
const at = (value: string) => ({ fields: { stage: { value } } }) as unknown as KedunRecord;

it('a customer who was won is followed up on, and late when nobody does', () => {
  expect(isOver(at('won'), of(stage))).toBe(false);
  expect(isOver(at('lost'), of(stage))).toBe(true);
});

it('a lead that became a customer is over: it is followed up on as that', () => {
  expect(isOver(at('converted'), of(stage))).toBe(true);
});

it('a ticket that is answered is not late, whichever way it ended', () => {
  expect(isOver(at('won'), of(stage, due))).toBe(true);
  expect(isOver(at('open'), of(stage, due))).toBe(false);
});
