/** How the team's work stands: four numbers, then a picture for each, then those who want somebody today. */
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import type { Board } from '@/api/contract';
import { boardQuery } from '@/api/queries';
import { t } from '@/i18n';
import { moneyShort, time } from '@/i18n/format';
import { ProblemState } from '@/records/ProblemState';
import { Segments } from '@/ui/Segments';
import { Skeleton, State } from '@/ui/State';
import { Tag } from '@/ui/Tag';
import { ActivityFrame } from './ActivityFrame';
import { ForecastFrame } from './ForecastFrame';
import { FunnelFrame } from './FunnelFrame';
import css from './insight.module.css';
import { PoolFrame } from './PoolFrame';
import { QuietFrame } from './QuietFrame';

const periods = [7, 14, 30] as const;

const route = getRouteApi('/app/board');

export function BoardPage() {
  const { days = 7, quiet = 14 } = route.useSearch();
  const navigate = useNavigate();
  const board = useQuery(boardQuery(days, quiet));
  const pick = (next: { days?: number; quiet?: number }) =>
    void navigate({ to: '/board', search: { days, quiet, ...next }, replace: true, resetScroll: false });
  const data = board.data;
  const empty = data && !data.funnel && !data.activity && !data.quiet && !data.forecast && !data.pool;
  return (
    <div className={css.page}>
      <header className={css.head}>
        <h1>{t('board.title')}</h1>
        {data && <Tag tone="jade">{t(`board.whose.${data.whose}`)}</Tag>}
        {data && <p className={css.at}>{t('board.at', { time: time(data.at) })}</p>}
        {data?.activity && (
          <div className={css.period}>
            <Segments
              label={t('board.days')}
              options={periods.map((n) => ({ key: String(n), label: t('board.days.n', { n }) }))}
              value={String(days)}
              onChange={(next) => pick({ days: Number(next) })}
            />
          </div>
        )}
      </header>
      {board.isPending && <Skeleton label={t('loading')} />}
      {board.error && !data && <ProblemState error={board.error} retry={() => board.refetch()} />}
      {empty && (
        <State
          icon="opportunity"
          title={t('board.empty')}
          why={t('board.empty.why')}
          action={<Link to="/">{t('home')}</Link>}
        />
      )}
      {data && !empty && (
        <>
          <KeyFigures board={data} />
          {/* Two stacks beside each other on a desktop, one after the other on a phone. */}
          <div className={css.frames}>
            <div className={css.column}>
              {data.activity && <ActivityFrame activity={data.activity} whose={data.whose} />}
              {data.quiet && (
                <QuietFrame quiet={data.quiet} whose={data.whose} onDays={(next) => pick({ quiet: next })} />
              )}
            </div>
            <div className={css.column}>
              {data.funnel && <FunnelFrame funnel={data.funnel} />}
              {data.pool && <PoolFrame pool={data.pool} />}
              {data.forecast && <ForecastFrame forecast={data.forecast} />}
            </div>
          </div>
        </>
      )}
    </div>
  );
}

function KeyFigures({ board }: { board: Board }) {
  const { activity, quiet, pool, forecast } = board;
  const figures: { key: string; label: string; value: string }[] = [];
  if (activity) {
    const total = activity.people.reduce((sum, person) => sum + person.total, 0);
    figures.push({
      key: 'followed',
      label: t('board.key.followed', { n: activity.days.length }),
      value: String(total),
    });
  }
  if (quiet)
    figures.push({
      key: 'quiet',
      label: t('board.key.quiet', { n: quiet.days }),
      value: String(quiet.total),
    });
  if (pool) {
    const soon = pool.due + pool.days.slice(0, 7).reduce((sum, day) => sum + day.count, 0);
    figures.push({ key: 'falling', label: t('board.key.falling'), value: String(soon) });
  }
  const month = forecast?.months.find((item) => item.when === 'month');
  if (month)
    figures.push({
      key: 'forecast',
      label: t('board.key.forecast'),
      value: moneyShort(month.weighted.sum),
    });
  return (
    <section aria-label={t('board.key')}>
      <dl className={css.figures}>
        {figures.map((figure) => (
          <div key={figure.key}>
            <dt>{figure.label}</dt>
            <dd>{figure.value}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
