/** Four to six facts: whose it is, and how it stands in time. */
import type { ReactNode } from 'react';
import type { KedunRecord, ObjectDef } from '@/api/contract';
import { clear, isBlank } from '@/fields';
import { say, t } from '@/i18n';
import { daysFromToday, moneyShort, nearDay, nearTime } from '@/i18n/format';
import { deadlineField } from '@/records/deadline';
import css from './RecordView.module.css';

export function Facts({ record, object }: { record: KedunRecord; object: ObjectDef }) {
  const facts: [string, ReactNode][] = [
    [t('fact.owner'), record.owner?.name ?? t('owner.none')],
    [t('fact.department'), record.department?.name ?? '—'],
  ];
  const deadline = deadlineField(object);
  const next = record.next_follow_up ? nearTime(record.next_follow_up) : t('fact.next.none');
  if (deadline) facts.push([say(deadline.label), next]);
  else {
    // Every record has the two columns; "never" is only true of what somebody follows up.
    const has = (name: string) => object.fields.some((field) => field.name === name);
    if (has('last_follow_up'))
      facts.push([t('fact.last'), record.last_follow_up ? nearDay(record.last_follow_up) : t('card.never')]);
    if (has('next_follow_up')) facts.push([t('fact.next'), next]);
  }
  const amount = object.fields.find(
    (field) => field.kind === 'money' && !isBlank(clear(record.fields[field.name])),
  );
  const sum = amount && clear(record.fields[amount.name]);
  // The whole sum is under "Details"; here it must fit a third of a phone.
  if (amount && typeof sum === 'number') facts.push([say(amount.label), moneyShort(sum)]);
  if (record.pool_due_at) facts.push([t('fact.pool'), falls(daysFromToday(record.pool_due_at))]);
  return (
    <dl className={css.facts}>
      {facts.map(([label, value]) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function falls(days: number): string {
  return days <= 0 ? t('fact.pool.today') : t('fact.pool.days', { n: days });
}
