import { expect, it } from 'vitest';
import type { FieldDef, KedunRecord, ObjectDef } from '@/api/contract';
import { briefFields, headFields } from './brief';

const field = (name: string, kind: FieldDef['kind'], level: FieldDef['class'] = 'L2') =>
  ({ name, kind, class: level }) as FieldDef;
const contact = {
  title_field: 'name',
  parent: { object: 'customer', field: 'customer' },
  fields: [
    field('name', 'person_name', 'L3'),
    field('position', 'text'),
    field('birthday', 'date', 'L3'),
    field('notes', 'long_text', 'L3'),
    field('customer', 'reference'),
    field('preferred_channel', 'select'),
    field('attitude', 'select'),
  ],
} as ObjectDef;
const record = {
  fields: {
    name: { value: '王主任' },
    position: { value: '主任' },
    birthday: { value: '1980-01-01' },
    customer: { value: { id: 'c1', title: '山里诊所' } },
    preferred_channel: { value: 'phone' },
    attitude: { value: null },
  },
} as unknown as KedunRecord;
const names = (fields: FieldDef[]) => fields.map((one) => one.name);

it('a card is told by the short fields that are filled', () => {
  expect(names(briefFields(record, contact))).toEqual(['position', 'birthday', 'preferred_channel']);
});

it('a page begins with what the record belongs under, and shows nothing of a person unasked', () => {
  expect(names(headFields(record, contact))).toEqual(['customer', 'position', 'preferred_channel']);
});
