/** The retention calendar: whose term is over when, the way to an erasure that two people want, and what is held. */
import { useQuery } from '@tanstack/react-query';
import type { Retention, RetentionTerm } from '@/api/contract';
import { retentionQuery } from '@/api/retention';
import { say, t, tCode } from '@/i18n';
import { chartWords } from '@/i18n/chartWords';
import { nearTime } from '@/i18n/format';
import { ProblemState } from '@/records/ProblemState';
import { ChartFrame } from '@/ui/chart/ChartFrame';
import { Columns } from '@/ui/chart/Columns';
import { cx } from '@/ui/cx';
import desk from '@/ui/desk.module.css';
import { Skeleton } from '@/ui/State';
import { DueList } from './DueList';
import { Holds } from './Holds';
import css from './retention.module.css';

export function RetentionPage() {
  const calendar = useQuery(retentionQuery);
  return (
    <div className={desk.page}>
      <header className={desk.head}>
        <h1>{t('retention.title')}</h1>
      </header>
      <p className={desk.why}>{t('retention.why')}</p>
      {calendar.isPending && <Skeleton label={t('loading')} />}
      {calendar.error && <ProblemState error={calendar.error} retry={() => void calendar.refetch()} />}
      {calendar.data && (
        <>
          <Keys calendar={calendar.data} />
          <CalendarFrame calendar={calendar.data} />
          <DueList />
          <Holds terms={calendar.data.terms} />
          <Terms terms={calendar.data.terms} />
        </>
      )}
    </div>
  );
}

function Keys({ calendar }: { calendar: Retention }) {
  const keys = ['overdue', 'under_way', 'held', 'going_on'] as const;
  return (
    <dl className={css.keys} aria-label={t('retention.key')}>
      {keys.map((key) => (
        <div key={key}>
          <dt>{t(`retention.${key}`)}</dt>
          <dd className={cx(key === 'overdue' && calendar.overdue > 0 && css.late)}>{calendar[key]}</dd>
        </div>
      ))}
    </dl>
  );
}

function CalendarFrame({ calendar }: { calendar: Retention }) {
  const { months, overdue, held, later } = calendar;
  const ahead = months.reduce((sum, month) => sum + month.due, 0);
  const most = months.reduce((best, month) => (month.due > best.due ? month : best), {
    month: '—',
    due: 0,
    held: 0,
  });
  const any = overdue + held + ahead + later > 0;
  return (
    <ChartFrame
      words={chartWords()}
      title={t('retention.calendar')}
      note={t('retention.calendar.note', { time: nearTime(calendar.at) })}
      summary={t('retention.calendar.summary', {
        n: overdue,
        months: months.length,
        ahead,
        most: most.month,
        count: most.due,
      })}
      empty={t('retention.calendar.empty')}
      columns={[
        { key: 'month', label: t('retention.month') },
        { key: 'due', label: t('retention.count'), end: true },
        { key: 'held', label: t('retention.count.held'), end: true },
      ]}
      rows={
        any
          ? [
              { key: 'over', cells: [t('retention.month.over'), overdue + held, held] },
              ...months.map((month) => ({ key: month.month, cells: [month.month, month.due, month.held] })),
              { key: 'later', cells: [t('retention.month.later'), later, '—'] },
            ]
          : []
      }
    >
      <Columns
        columns={[
          {
            key: 'over',
            label: t('retention.month.over'),
            value: overdue,
            tone: 'cinnabar',
            pattern: 'stripes',
          },
          // `26-11`: the century is the same for all of them.
          ...months.map((month) => ({ key: month.month, label: month.month.slice(2), value: month.due })),
        ]}
      />
    </ChartFrame>
  );
}

function Terms({ terms }: { terms: Retention['terms'] }) {
  return (
    <section className={desk.card} aria-label={t('retention.terms')}>
      <h2>{t('retention.terms')}</h2>
      {terms.map((one) => (
        <div key={one.object} className={css.terms}>
          <p>
            <b>
              {t('retention.term', {
                label: say(one.label),
                since: sinceText(one.terms),
                n: one.terms.months,
              })}
            </b>{' '}
            <span className={desk.meta}>{t('retention.records', { n: one.records })}</span>
          </p>
          <ul>
            {Object.entries(one.terms.by_basis ?? {}).map(([basis, term]) => (
              <li key={basis}>
                {t('retention.term.basis', {
                  basis: tCode('basis', basis),
                  since: sinceText(term),
                  n: term.months,
                })}
              </li>
            ))}
          </ul>
        </div>
      ))}
    </section>
  );
}

function sinceText({ since }: RetentionTerm): string {
  if (typeof since === 'string') return t('retention.since.activity');
  return t(since.last.object === 'contract' ? 'retention.since.contract' : 'retention.since.other');
}
