/** A chip's words: field, operator, value. */
import type { Condition, FieldDef } from '@/api/contract';
import { unary } from '@/fields/kind';
import { say, t } from '@/i18n';
import { date, money } from '@/i18n/format';
import { isComplete } from '../filter';

/** The name of a person, a department or a record, as far as it is known here. */
export type NameOf = (id: string) => string | undefined;

function one(def: FieldDef, value: unknown, nameOf: NameOf): string {
  const option = def.options?.find((candidate) => candidate.value === value);
  if (option) return say(option.label);
  if (value === undefined || value === null || value === '') return '…';
  if (def.kind === 'money' && typeof value === 'number') return money(value);
  if (typeof value === 'boolean') return value ? t('yes') : t('no');
  if (def.kind === 'person' || def.kind === 'reference' || def.kind === 'department')
    return nameOf(String(value)) ?? t('field.chosen');
  if (typeof value === 'string' && /^\d{4}-\d{2}-\d{2}/.test(value)) return date(value);
  return String(value);
}

export function chipText(condition: Condition, def: FieldDef, nameOf: NameOf): string {
  const label = say(def.label);
  const op = t(`op.${condition.op}`);
  if (unary.includes(condition.op)) return `${label} ${op}`;
  if (!isComplete(condition)) return label;
  const { value } = condition;
  if (condition.op === 'last_days' || condition.op === 'next_days') {
    return `${label} ${t(`op.${condition.op}.n`, { n: Number(value) })}`;
  }
  const words = Array.isArray(value)
    ? value.map((item) => one(def, item, nameOf)).join(condition.op === 'between' ? ' – ' : t('list.comma'))
    : one(def, value, nameOf);
  return `${label} ${op} ${words}`;
}
