/** Four to six facts: whose it is, and how it stands in time. */
import type { ReactNode } from 'react';
import type { KedunRecord, ObjectDef } from '@/api/contract';
import { clear, FieldText, isBlank } from '@/fields';
import { say, t } from '@/i18n';
import { moneyShort, nearDay, nearTime } from '@/i18n/format';
import { poolDue } from '@/records/badges';
import { headFields } from '@/records/brief';
import { deadlineField } from '@/records/deadline';
import { stageField } from '@/records/stage/stage';
import { PoolFact } from './PoolFact';
import css from './RecordView.module.css';

const FEW = 4;
const MOST = 6;

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
  const pool = poolDue(record);
  if (pool) facts.push([t('fact.pool'), <PoolFact key="pool" record={record} object={object} due={pool} />]);
  // Who is followed up has enough of them; a contact or a contract is told by what it says itself.
  if (facts.length < FEW) {
    const told = [deadline?.name, amount?.name, stageField(object)?.name];
    for (const field of headFields(record, object).filter(({ name }) => !told.includes(name)))
      if (facts.length < MOST)
        facts.push([
          say(field.label),
          <FieldText key={field.name} def={field} value={record.fields[field.name]} />,
        ]);
  }
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
