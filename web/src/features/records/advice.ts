/** What to do next about a record. It only reads dates; what is allowed came from the server. */
import type { KedunRecord, ObjectDef } from '@/api/contract';
import { t } from '@/i18n';
import { daysFromToday } from '@/i18n/format';
import { poolDue } from '@/records/badges';
import { deadlineField, isOver } from '@/records/deadline';

export type Advice = { text: string; act: 'follow' | 'plan' };
const SOON = 7;
const QUIET = 30;

/** The next contact that was arranged, where that is due. */
function arranged(record: KedunRecord): Advice | null {
  const next = record.next_follow_up && daysFromToday(record.next_follow_up);
  if (typeof next === 'number' && next < 0) return { text: t('advice.overdue', { n: -next }), act: 'follow' };
  return next === 0 ? { text: t('advice.today'), act: 'follow' } : null;
}

export function advice(record: KedunRecord, object: ObjectDef): Advice | null {
  const falls = poolDue(record);
  const pool = falls && daysFromToday(falls);
  if (typeof pool === 'number' && pool <= SOON)
    return { text: pool <= 0 ? t('advice.pool_today') : t('advice.pool', { n: pool }), act: 'follow' };
  if (isOver(record, object)) return null;
  const due = arranged(record);
  if (due || record.next_follow_up) return due;
  const last = record.last_follow_up && -daysFromToday(record.last_follow_up);
  if (!record.last_follow_up) return { text: t('advice.first'), act: 'follow' };
  if (typeof last === 'number' && last > QUIET)
    return { text: t('advice.quiet', { n: last }), act: 'follow' };
  return { text: t('advice.plan'), act: 'plan' };
}

/** The same for what has a next contact and no timeline to write it in, as a lead has: there is no button to it. */
export function reminder(record: KedunRecord, object: ObjectDef): string | null {
  const arranges = object.fields.some((field) => field.name === 'next_follow_up') && !deadlineField(object);
  if (!arranges || !record.rights.edit || isOver(record, object)) return null;
  return arranged(record)?.text ?? null;
}
