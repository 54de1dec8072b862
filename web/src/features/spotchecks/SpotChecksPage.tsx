/** The manager's spot checks: the week that is over, how people come out, and what was drawn before. */
import { useMutation, useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { drawSpotCheck, spotCheckQuery, spotChecksQuery } from '@/api/checks';
import type { SpotChecks } from '@/api/contract';
import { queryClient } from '@/api/queries';
import { t } from '@/i18n';
import { chartWords } from '@/i18n/chartWords';
import { date } from '@/i18n/format';
import { ProblemState } from '@/records/ProblemState';
import { problemText } from '@/records/problemText';
import { Button } from '@/ui/Button';
import { Bars } from '@/ui/chart/Bars';
import { ChartFrame } from '@/ui/chart/ChartFrame';
import { cx } from '@/ui/cx';
import desk from '@/ui/desk.module.css';
import { Icon } from '@/ui/Icon';
import { Skeleton } from '@/ui/State';
import { Tag } from '@/ui/Tag';
import css from './spotchecks.module.css';
import { daysWords, percent, tones } from './words';

export function SpotChecksPage() {
  const checks = useQuery(spotChecksQuery);
  return (
    <div className={desk.page}>
      <header className={desk.head}>
        <h1>{t('spot.title')}</h1>
      </header>
      <p className={desk.why}>{t('spot.why')}</p>
      {checks.isPending && <Skeleton label={t('loading')} />}
      {checks.error && <ProblemState error={checks.error} retry={() => void checks.refetch()} />}
      {checks.data && (
        <>
          <WeekCard checks={checks.data} />
          <PeopleFrame people={checks.data.people} />
          <Before checks={checks.data} />
        </>
      )}
    </div>
  );
}

function WeekCard({ checks }: { checks: SpotChecks }) {
  const { week } = checks;
  const navigate = useNavigate();
  const check = checks.checks.find((one) => one.id === week.check);
  const open = (id: string) => void navigate({ to: '/spot-checks/$id', params: { id } });
  const draw = useMutation({
    mutationFn: () => drawSpotCheck(week.period),
    onSuccess: (drawn) => {
      queryClient.setQueryData(spotCheckQuery(drawn.id).queryKey, drawn);
      void queryClient.invalidateQueries({ queryKey: spotChecksQuery.queryKey });
      open(drawn.id);
    },
  });
  return (
    <section className={desk.card} aria-label={week.period}>
      <div className={desk.line}>
        <h2>{week.period}</h2>
        <Tag tone={tones[week.state]}>{t(`spot.state.${week.state}`)}</Tag>
      </div>
      <p className={desk.meta}>{daysWords(week)}</p>
      {check && check.drawn > 0 && (
        <p className={desk.meta}>
          {[
            t('spot.progress', { n: check.scored, of: check.drawn }),
            t('spot.population', { n: check.population }),
            check.scored > 0 && t('spot.average', { percent: percent(check) }),
          ]
            .filter(Boolean)
            .join(' · ')}
        </p>
      )}
      {check && check.drawn === 0 && <p className={desk.meta}>{t('spot.none.why')}</p>}
      {draw.error && (
        <p className={desk.alert} role="alert">
          {problemText(draw.error)}
        </p>
      )}
      {!check && (
        <>
          <p className={desk.meta}>{t('spot.draw.why')}</p>
          <p className={desk.actions}>
            <Button look="primary" icon="spot" busy={draw.isPending} onClick={() => draw.mutate()}>
              {t('spot.draw')}
            </Button>
          </p>
        </>
      )}
      {check && check.drawn > 0 && (
        <p className={desk.actions}>
          <Button look={week.state === 'open' ? 'primary' : 'plain'} onClick={() => open(check.id)}>
            {t(week.state === 'open' ? 'spot.go_on' : 'spot.look')}
          </Button>
        </p>
      )}
    </section>
  );
}

function PeopleFrame({ people }: { people: SpotChecks['people'] }) {
  const name = (person: { id: string; name?: string }) => person.name ?? person.id;
  const lowest = people[0];
  return (
    <ChartFrame
      words={chartWords()}
      title={t('spot.people')}
      note={t('spot.people.note')}
      summary={
        lowest
          ? t('spot.people.summary', {
              n: people.length,
              who: name(lowest.person),
              percent: percent(lowest),
            })
          : t('spot.people.empty')
      }
      empty={t('spot.people.empty')}
      columns={[
        { key: 'person', label: t('spot.person') },
        { key: 'scored', label: t('spot.scored'), end: true },
        { key: 'points', label: t('spot.points'), end: true },
        { key: 'percent', label: t('spot.percent'), end: true },
      ]}
      rows={people.map((one) => ({
        key: one.person.id,
        cells: [name(one.person), one.scored, `${one.points} / ${one.most}`, `${percent(one)}%`],
      }))}
    >
      <Bars
        max={100}
        bars={people.map((one) => ({
          key: one.person.id,
          label: name(one.person),
          text: `${percent(one)}%`,
          value: percent(one),
        }))}
      />
    </ChartFrame>
  );
}

function Before({ checks }: { checks: SpotChecks }) {
  const before = checks.checks.filter((one) => one.id !== checks.week.check);
  if (before.length === 0) return null;
  return (
    <section className={desk.part} aria-label={t('spot.before')}>
      <h2>{t('spot.before')}</h2>
      <ul className={desk.list}>
        {before.map((one) => (
          <li key={one.id}>
            <Link to="/spot-checks/$id" params={{ id: one.id }} className={cx(desk.item, css.row)}>
              <span className={desk.words}>
                <span className={desk.line}>
                  <b>{one.period}</b>
                  <Tag tone={tones[one.state]}>{t(`spot.state.${one.state}`)}</Tag>
                </span>
                <span className={desk.meta}>
                  {[
                    date(one.begins_at),
                    t('spot.progress', { n: one.scored, of: one.drawn }),
                    one.scored > 0 && t('spot.average', { percent: percent(one) }),
                  ]
                    .filter(Boolean)
                    .join(' · ')}
                </span>
              </span>
              <Icon name="next" size={18} />
            </Link>
          </li>
        ))}
      </ul>
    </section>
  );
}
