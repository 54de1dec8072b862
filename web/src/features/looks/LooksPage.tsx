/** Who looks how much, at which hour: a picture for whoever watches over people, and the table one tap away. */
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import type { LooksByHour } from '@/api/contract';
import { type LookKind, looksQuery } from '@/api/queries';
import { t } from '@/i18n';
import { chartWords } from '@/i18n/chartWords';
import { ProblemState } from '@/records/ProblemState';
import { ChartFrame } from '@/ui/chart/ChartFrame';
import { HeatMap } from '@/ui/chart/HeatMap';
import { Segments } from '@/ui/Segments';
import { Skeleton } from '@/ui/State';
import css from './looks.module.css';

const route = getRouteApi('/app/looks');
export type LooksSearch = { kind?: LookKind | undefined; days?: 1 | 30 | undefined };
const kinds: LookKind[] = ['read', 'reveal', 'export'];
/** As many rows as one takes in at a glance; the table has all. */
const DRAWN = 20;

export function LooksPage() {
  const { kind = 'read', days = 7 } = route.useSearch();
  const navigate = useNavigate({ from: '/looks' });
  const looks = useQuery(looksQuery(kind, days));
  const go = (part: LooksSearch) => void navigate({ search: (old) => ({ ...old, ...part }), replace: true });
  return (
    <div className={css.page}>
      <header className={css.head}>
        <h1>{t('looks.title')}</h1>
        <p>{t('looks.note')}</p>
      </header>
      <div className={css.filters}>
        <Segments<LookKind>
          label={t('looks.kind')}
          value={kind}
          onChange={(key) => go({ kind: key === 'read' ? undefined : key })}
          options={kinds.map((key) => ({ key, label: t(`looks.kind.${key}`) }))}
        />
        <Segments<'1' | '7' | '30'>
          label={t('looks.days')}
          value={`${days}`}
          onChange={(key) => go({ days: key === '7' ? undefined : key === '1' ? 1 : 30 })}
          options={(['1', '7', '30'] as const).map((key) => ({ key, label: t(`looks.days.${key}`) }))}
        />
      </div>
      {looks.isPending && <Skeleton label={t('loading')} />}
      {looks.error && <ProblemState error={looks.error} retry={() => looks.refetch()} />}
      {looks.data && <Picture looks={looks.data} kind={kind} />}
    </div>
  );
}

function Picture({ looks, kind }: { looks: LooksByHour; kind: LookKind }) {
  const { people } = looks;
  const name = (row: (typeof people)[number]) => row.person.name ?? row.person.id;
  const total = people.reduce((sum, row) => sum + row.total, 0);
  const byHour = Array.from({ length: 24 }, (_, hour) =>
    people.reduce((sum, row) => sum + (row.hours[hour] ?? 0), 0),
  );
  const busiest = byHour.indexOf(Math.max(...byHour));
  const first = people[0];
  const rest = people.length - DRAWN;
  return (
    <ChartFrame
      title={t(`looks.kind.${kind}`)}
      words={chartWords()}
      summary={
        first
          ? t('looks.summary', {
              n: people.length,
              looks: t('looks.count', { n: total }),
              person: name(first),
              top: first.total,
              hour: busiest,
            })
          : t('looks.empty')
      }
      empty={t('looks.empty')}
      note={
        <>
          {t('looks.watched', { n: looks.watched })}
          {rest > 0 && ` ${t('looks.rest', { n: rest })}`}
        </>
      }
      columns={[
        { key: 'person', label: t('looks.person') },
        { key: 'department', label: t('looks.department') },
        { key: 'total', label: t('looks.total'), end: true },
        ...byHour.map((_, hour) => ({ key: `h${hour}`, label: String(hour), end: true })),
      ]}
      rows={people.map((row) => ({
        key: row.person.id,
        cells: [name(row), row.department?.name ?? '', row.total, ...row.hours.map((n) => n || '')],
      }))}
    >
      <HeatMap
        rows={people
          .slice(0, DRAWN)
          .map((row) => ({ key: row.person.id, label: name(row), hours: row.hours }))}
        tell={(person, hour, n) => t('looks.cell', { person, hour, n })}
        scale={t('looks.scale')}
        night={t('looks.night')}
      />
    </ChartFrame>
  );
}
