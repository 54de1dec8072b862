/** Records that alerts counted, newest first, of everybody or of one person: where a guardian's question begins. */
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Alert, PersonRef } from '@/api/contract';
import { alertsQuery, personQuery } from '@/api/queries';
import { t } from '@/i18n';
import { nearTime } from '@/i18n/format';
import { PersonField } from '@/records/actions/PersonField';
import { nameOf, ruleText } from '@/records/alertWords';
import { numbered, shortId } from '@/records/number';
import { ProblemState } from '@/records/ProblemState';
import css from '@/ui/desk.module.css';
import { Icon } from '@/ui/Icon';
import { Skeleton } from '@/ui/State';

/** As many as one looks through without searching. */
const SHOWN = 12;
type Counted = { object: string; id: string; alert: Alert };

/** Each record once, with the newest alert that counted it. */
function counted(alerts: Alert[]): Counted[] {
  const found = new Map<string, Counted>();
  for (const alert of alerts)
    for (const { record } of [...alert.evidence].reverse())
      if (record?.object && !found.has(record.id))
        found.set(record.id, { object: record.object, id: record.id, alert });
  return [...found.values()].slice(0, SHOWN);
}

type Props = {
  person: string | undefined;
  chosen: string | undefined;
  onPerson: (person: string | undefined) => void;
  onPick: (record: { object: string; id: string }) => void;
};

export function FromAlerts({ person, chosen, onPerson, onPick }: Props) {
  const alerts = useInfiniteQuery(alertsQuery({ state: 'all', ...(person ? { person } : {}) }));
  const [picked, setPicked] = useState<PersonRef | null>(null);
  const all = alerts.data?.pages.flatMap((page) => page.alerts) ?? [];
  const records = counted(all);
  // After a reload the address knows who, and the directory knows their name, also of somebody without an alert.
  const known = picked && picked.id === person ? picked.name : undefined;
  const named = useQuery({ ...personQuery(person ?? ''), enabled: person !== undefined && !known });
  const name = known ?? named.data?.name;
  const whom = person ? { id: person, name: name ?? t('field.chosen') } : null;
  return (
    <section className={css.part} aria-label={t('who.from_alerts')}>
      <h2>{t('who.from_alerts')}</h2>
      <PersonField
        id="who-person"
        label={t('who.person')}
        value={whom}
        optional
        onChange={(next) => {
          setPicked(next);
          onPerson(next?.id);
        }}
      />
      {alerts.isPending && <Skeleton rows={3} label={t('loading')} />}
      {alerts.error && <ProblemState small error={alerts.error} retry={() => void alerts.refetch()} />}
      {alerts.data && records.length === 0 && (
        <p className={css.note}>{t(person ? 'who.from_alerts.none_of' : 'who.from_alerts.none')}</p>
      )}
      <ul className={css.list}>
        {records.map(({ object, id, alert }) => (
          <li key={id}>
            <button
              type="button"
              className={css.item}
              aria-pressed={chosen !== undefined && shortId(id) === shortId(chosen)}
              onClick={() => onPick({ object, id })}
            >
              <span className={css.words}>
                <b>{numbered(object, id)}</b>
                <span className={css.meta}>
                  {[nameOf(alert.person), ruleText(alert.rule), nearTime(alert.at)].join(' · ')}
                </span>
              </span>
              <Icon
                name={chosen !== undefined && shortId(id) === shortId(chosen) ? 'check' : 'eye'}
                size={18}
              />
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
