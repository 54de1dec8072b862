import { expect, it } from 'vitest';
import type { FieldDef } from '@/api/contract';
import { missingIn } from './useForm';

const field = (name: string, required: boolean) => ({ name, required }) as FieldDef;

it('what has to be filled is missing while it is blank, wherever it stands in the form', () => {
  const defs = [field('name', true), field('city', false), field('licence', true)];
  expect(missingIn(defs, { name: '山里诊所' }).map((def) => def.name)).toEqual(['licence']);
  expect(missingIn(defs, { name: '山里诊所', licence: '沪-1' })).toEqual([]);
});
