/** Small marks that say at a glance how a record stands. */
import type { FieldDef, KedunRecord, ObjectDef } from '@/api/contract';
import { clear, FieldCell, isBlank } from '@/fields';
import { say, t } from '@/i18n';
import { daysFromToday, nearDay } from '@/i18n/format';
import { Tag } from '@/ui/Tag';
import { deadlineField, isOver } from './deadline';

/** Level before stage: what people look for first. */
export function tagFields(object: ObjectDef): FieldDef[] {
  const selects = object.fields.filter((field) => field.kind === 'select');
  const named = ['level', 'stage'].map((name) => selects.find((field) => field.name === name));
  return named.filter((field) => field !== undefined);
}

export function RecordTags({ record, object }: { record: KedunRecord; object: ObjectDef }) {
  return tagFields(object).map((field) => {
    const value = clear(record.fields[field.name]);
    return isBlank(value) ? null : <FieldCell key={field.name} def={field} value={value} />;
  });
}

const SOON = 7;

/** When it falls to the pool. Under a hold nobody can follow it up in time, and it is not counted down. */
export const poolDue = (record: KedunRecord): string | undefined =>
  record.held ? undefined : record.pool_due_at;

export function DueBadge({ record, object }: { record: KedunRecord; object: ObjectDef }) {
  const pool = poolDue(record);
  if (pool) {
    const days = daysFromToday(pool);
    if (days <= SOON) return <Tag tone={days <= 2 ? 'cinnabar' : 'amber'}>{fallText(days)}</Tag>;
  }
  if (!record.next_follow_up || isOver(record, object)) return null;
  const days = daysFromToday(record.next_follow_up);
  const deadline = deadlineField(object);
  if (days < 0) return <Tag tone="cinnabar">{t('badge.overdue', { n: -days })}</Tag>;
  if (deadline && days <= SOON)
    return (
      <Tag tone={days === 0 ? 'amber' : 'grey'}>
        {t('badge.deadline', { field: say(deadline.label), day: nearDay(record.next_follow_up) })}
      </Tag>
    );
  if (days === 0) return <Tag tone="amber">{t('badge.today')}</Tag>;
  if (days <= SOON) return <Tag>{t('badge.next', { day: nearDay(record.next_follow_up) })}</Tag>;
  return null;
}

export function fallText(days: number): string {
  return days <= 0 ? t('badge.falls_today') : t('badge.falls', { n: days });
}
