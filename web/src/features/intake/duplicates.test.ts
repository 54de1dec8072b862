import { expect, it } from 'vitest';
import type { FieldDef, FieldKind } from '@/api/contract';
import { isChecked, telling } from './duplicates';

const field = (name: string, kind: FieldKind) => ({ name, kind }) as FieldDef;

it('is asked by what names one person, whatever its field is called', () => {
  expect(isChecked(field('mobile', 'phone'))).toBe(true);
  expect(isChecked(field('work_mail', 'email'))).toBe(true);
  expect(isChecked(field('id_number', 'id_number'))).toBe(true);
  expect(isChecked(field('name', 'text'))).toBe(false);
  expect(isChecked(field('phone', 'text'))).toBe(false);
});

it('is asked once there is enough of it', () => {
  const mobile = field('mobile', 'phone');
  expect(telling(mobile, '1381234')).toBe(false);
  expect(telling(mobile, '138 1234 5678')).toBe(true);
  expect(telling(field('work_mail', 'email'), 'li@')).toBe(false);
  expect(telling(field('name', 'text'), '山里诊所')).toBe(false);
});
