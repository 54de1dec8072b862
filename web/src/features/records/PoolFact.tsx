/** When a record falls to the pool, and behind it why: the rule in a sentence, and whom to ask. */
import { useState } from 'react';
import type { KedunRecord, ObjectDef } from '@/api/contract';
import { clear } from '@/fields';
import { t } from '@/i18n';
import { date, daysFromToday } from '@/i18n/format';
import { Icon } from '@/ui/Icon';
import { Sheet } from '@/ui/Sheet';
import css from './RecordView.module.css';

type Props = { record: KedunRecord; object: ObjectDef; due: string };

export function PoolFact({ record, object, due }: Props) {
  const [asking, setAsking] = useState(false);
  const days = daysFromToday(due);
  const when = days <= 0 ? t('fact.pool.today') : t('fact.pool.days', { n: days });
  const why = poolRule(record, object);
  if (why.length === 0) return when;
  return (
    <>
      <button type="button" className={css.why} aria-haspopup="dialog" onClick={() => setAsking(true)}>
        {when}
        <Icon name="info" size={16} />
      </button>
      {asking && (
        <Sheet title={t('pool.why.title')} closeWord={t('close')} onClose={() => setAsking(false)}>
          {why.map((sentence) => (
            <p key={sentence}>{sentence}</p>
          ))}
          <p className={css.ask}>{t('pool.why.ask')}</p>
        </Sheet>
      )}
    </>
  );
}

/** As far as the server tells the rule: the days, and the day until which this record is protected. */
export function poolRule(
  record: Pick<KedunRecord, 'fields'>,
  object: Pick<ObjectDef, 'pool_after_days' | 'pool_not_before'>,
): string[] {
  if (!object.pool_after_days) return [];
  const rule = t('pool.why', { n: object.pool_after_days });
  const until = object.pool_not_before && clear(record.fields[object.pool_not_before]);
  return typeof until === 'string' && until !== ''
    ? [rule, t('pool.why.protected', { day: date(until) })]
    : [rule];
}
