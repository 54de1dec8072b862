/** 变更: who changed what, from what to what; masked as the record is, because the server says it so. */
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Change, FieldValue, KedunRecord, ObjectDef } from '@/api/contract';
import { isGone } from '@/api/problem';
import { historyQuery } from '@/api/queries';
import { FieldText } from '@/fields';
import { say, t, tCode } from '@/i18n';
import { dateTime, nearTime } from '@/i18n/format';
import { Newest } from '@/records/Newest';
import { ProblemState } from '@/records/ProblemState';
import { fieldNamed } from '@/records/systemFields';
import { Avatar } from '@/ui/Avatar';
import { Icon } from '@/ui/Icon';
import { Select } from '@/ui/Input';
import { Skeleton, State } from '@/ui/State';
import { Tag, type Tone } from '@/ui/Tag';
import css from './AudienceTab.module.css';

const tones: Record<string, Tone> = {
  delete: 'cinnabar',
  release: 'amber',
  transfer: 'indigo',
  claim: 'jade',
};

/** As many changes as the server gives. */
const MOST = 200;

export function HistoryTab({ record, object }: { record: KedunRecord; object: ObjectDef }) {
  const history = useQuery(historyQuery(record.object, record.id));
  const [only, setOnly] = useState('');
  if (history.isPending) return <Skeleton rows={4} label={t('loading')} />;
  if (!history.data || isGone(history.error))
    return <ProblemState error={history.error} retry={() => history.refetch()} />;
  if (history.data.length === 0)
    return <State icon="pen" title={t('history.empty')} why={t('history.empty.why')} />;
  const names = [...new Set(history.data.flatMap((change) => change.fields.map((field) => field.name)))];
  const changes = history.data
    .filter((change) => !only || change.fields.some((field) => field.name === only))
    .map((change) =>
      only ? { ...change, fields: change.fields.filter((field) => field.name === only) } : change,
    );
  return (
    <div className={css.audience}>
      <p className={css.note}>{t('history.note')}</p>
      {names.length > 1 && (
        <div className={css.filters}>
          <Select
            aria-label={t('history.field.pick')}
            value={only}
            onChange={(event) => setOnly(event.target.value)}
          >
            <option value="">{t('history.field')}</option>
            {names.map((name) => (
              <option key={name} value={name}>
                {labelOf(object, name)}
              </option>
            ))}
          </Select>
        </div>
      )}
      <ul>
        {changes.map((change) => (
          <ChangeRow key={`${change.at} ${change.by.id} ${change.action}`} change={change} object={object} />
        ))}
      </ul>
      <Newest n={history.data.length} most={MOST} className={css.note} />
    </div>
  );
}

function labelOf(object: ObjectDef, name: string): string {
  const def = fieldNamed(object, name);
  return def ? say(def.label) : name;
}

function ChangeRow({ change, object }: { change: Change; object: ObjectDef }) {
  const name = change.by.name ?? t('timeline.system');
  const { from, to } = change.people ?? {};
  const nothing = change.action === 'update' && change.fields.length === 0;
  return (
    <li className={css.look}>
      <Avatar name={name} size={32} />
      <div>
        <p className={css.line}>
          <b>{name}</b>
          <Tag tone={tones[change.action] ?? 'grey'}>{tCode('history.act', change.action)}</Tag>
          {to?.name && (
            <span>
              {from?.name
                ? t('history.from_to', { from: from.name, to: to.name })
                : t('history.to', { to: to.name })}
            </span>
          )}
          <time dateTime={change.at} title={dateTime(change.at)}>
            {nearTime(change.at)}
          </time>
        </p>
        {change.reason && (
          <p className={css.what}>
            {t('history.reason', { reason: tCode('history.reason', change.reason) })}
          </p>
        )}
        {nothing && <p className={css.what}>{t('history.hidden')}</p>}
        {change.fields.length > 0 && (
          <dl className={css.changes}>
            {change.fields.map((field) => (
              <div key={field.name}>
                <dt>{labelOf(object, field.name)}</dt>
                <dd>
                  <span className={css.before}>
                    <span className="sr">{t('history.before')}</span>
                    <Side object={object} name={field.name} value={field.from} />
                  </span>
                  <Icon name="next" size={14} />
                  <span>
                    <span className="sr">{t('history.after')}</span>
                    <Side object={object} name={field.name} value={field.to} />
                  </span>
                </dd>
              </div>
            ))}
          </dl>
        )}
      </div>
    </li>
  );
}

function Side({ object, name, value }: { object: ObjectDef; name: string; value: FieldValue | null }) {
  const def = fieldNamed(object, name);
  if (!def) return <>—</>;
  return <FieldText def={def} value={value ?? undefined} />;
}
