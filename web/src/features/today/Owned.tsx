/** What lies on one's own desk with a promise on it: tickets and complaints, the most urgent first. */
import { type UseQueryResult, useQueries, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { KedunRecord, ObjectDef, RecordPage } from '@/api/contract';
import { objectQuery, objectsQuery, ownedQuery } from '@/api/queries';
import { clear, FieldCell, isBlank } from '@/fields';
import { say, t } from '@/i18n';
import { daysFromToday, nearDay, time } from '@/i18n/format';
import { deadlineField, ownOpen } from '@/records/deadline';
import { useOnPaper } from '@/records/print/paper';
import { titleOf } from '@/records/title';
import { Icon } from '@/ui/Icon';
import { Tag } from '@/ui/Tag';
import css from './today.module.css';

/** What a person is answerable for by itself. Customers, leads and plans have sections that know more of them. */
const SERVED = ['ticket', 'complaint'];
const SHOWN = 5;

export type Owned = { object: ObjectDef; records: KedunRecord[]; open: number; late: number };

/** Each list that has something in it, and everything that was asked for, for whoever must know if it is all. */
export function useOwned(): { serves: boolean; lists: Owned[]; asked: UseQueryResult[] } {
  const objects = useQuery(objectsQuery);
  // Who may only read them owns none.
  const names = SERVED.filter((name) =>
    objects.data?.some((item) => item.name === name && item.verbs.includes('edit')),
  );
  const defs = useQueries({ queries: names.map(objectQuery) });
  const known = defs
    .map((def) => def.data)
    .filter((def): def is ObjectDef => def !== undefined && deadlineField(def) !== null);
  const due = useQueries({
    queries: known.map((object) =>
      ownedQuery(object.name, {
        // What nobody promised a day for would sort before everything that is late.
        filter: { all: [ownOpen(object), { field: deadlineField(object)?.name ?? '', op: 'not_empty' }] },
        sort: [{ field: deadlineField(object)?.name ?? '', dir: 'asc' }],
        limit: SHOWN,
      }),
    ),
  });
  const all = useQueries({
    queries: known.map((object) =>
      ownedQuery(object.name, { filter: ownOpen(object), limit: 1, count: true }),
    ),
  });
  const late = useQueries({
    queries: known.map((object) =>
      ownedQuery(object.name, {
        filter: { all: [ownOpen(object), { field: deadlineField(object)?.name ?? '', op: 'past' }] },
        limit: 1,
        count: true,
      }),
    ),
  });
  const n = (page: RecordPage | undefined) => page?.count?.value ?? page?.records.length ?? 0;
  return {
    serves: names.length > 0,
    asked: [...defs, ...due, ...all, ...late],
    lists: known
      .map((object, at) => ({
        object,
        records: due[at]?.data?.records ?? [],
        open: n(all[at]?.data),
        late: n(late[at]?.data),
      }))
      .filter((list) => list.open > 0),
  };
}

export function OwnedList({ object, records, open }: Owned) {
  useOnPaper(object.name, () => records.map((record) => record.id));
  const mine = object.views.find((view) => view.name === 'mine');
  const rest = open - records.length;
  return (
    <ul className={css.plans}>
      {records.map((record) => (
        <OwnedRow key={record.id} object={object} record={record} />
      ))}
      {rest > 0 && (
        <li className={css.plan}>
          <Link
            to="/records/$object"
            params={{ object: object.name }}
            search={mine ? { view: mine.name } : {}}
            className={css.more}
          >
            {t('today.more', { n: rest })}
          </Link>
        </li>
      )}
    </ul>
  );
}

function OwnedRow({ object, record }: { object: ObjectDef; record: KedunRecord }) {
  const deadline = deadlineField(object);
  const due = deadline && clear(record.fields[deadline.name]);
  const status = object.fields.find((field) => field.name === 'status');
  const parent = object.parent && clear(record.fields[object.parent.field]);
  const whose = (parent as { title?: string } | null | undefined)?.title;
  return (
    <li className={css.plan}>
      <Link to="/records/$object/$id" params={{ object: record.object, id: record.id }} className={css.row}>
        <time
          className={css.time}
          dateTime={typeof due === 'string' ? due : undefined}
          title={say(deadline?.label)}
        >
          {typeof due === 'string' && (
            <>
              <b>{nearDay(due)}</b>
              <span>{time(due)}</span>
            </>
          )}
        </time>
        <span className={css.words}>
          <b>{titleOf(record)}</b>
          <span className={css.text}>{whose}</span>
          <span className={css.tags}>
            {typeof due === 'string' && deadline && <DueTag due={due} label={say(deadline.label)} />}
            {status && !isBlank(clear(record.fields[status.name])) && (
              <FieldCell def={status} value={clear(record.fields[status.name])} />
            )}
          </span>
        </span>
        <Icon name="next" size={18} />
      </Link>
    </li>
  );
}

/** To the minute: a promise for ten o'clock is late at eleven. */
function DueTag({ due, label }: { due: string; label: string }) {
  const days = daysFromToday(due);
  if (days < 0) return <Tag tone="cinnabar">{t('badge.overdue', { n: -days })}</Tag>;
  if (Date.parse(due) < Date.now()) return <Tag tone="cinnabar">{t('plan.overdue')}</Tag>;
  if (days === 0) return <Tag tone="amber">{t('badge.deadline', { field: label, day: time(due) })}</Tag>;
  return null;
}
