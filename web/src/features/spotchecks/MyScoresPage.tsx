/** What was said of my own follow-ups. */
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { spotScoresQuery } from '@/api/checks';
import { t } from '@/i18n';
import { ProblemState } from '@/records/ProblemState';
import { IconButton } from '@/ui/Button';
import desk from '@/ui/desk.module.css';
import { Icon } from '@/ui/Icon';
import { Skeleton, State } from '@/ui/State';
import { Given } from './Given';
import css from './spotchecks.module.css';
import { percent } from './words';

export function MyScoresPage() {
  const navigate = useNavigate();
  const mine = useQuery(spotScoresQuery);
  const scores = mine.data?.scores ?? [];
  const sum = scores.reduce(
    (so_far, one) => ({ points: so_far.points + one.points, most: so_far.most + one.most }),
    { points: 0, most: 0 },
  );
  return (
    <div className={desk.page}>
      <header className={desk.head}>
        <IconButton icon="back" label={t('back')} onClick={() => void navigate({ to: '/me' })} />
        <h1>{t('spot.mine')}</h1>
        {scores.length > 0 && <p className={desk.meta}>{t('spot.average', { percent: percent(sum) })}</p>}
      </header>
      <p className={desk.why}>{t('spot.mine.why')}</p>
      {mine.isPending && <Skeleton label={t('loading')} />}
      {mine.error && <ProblemState error={mine.error} retry={() => void mine.refetch()} />}
      {mine.data && scores.length === 0 && (
        <State icon="spot" title={t('spot.mine.empty')} why={t('spot.mine.empty.why')} />
      )}
      {scores.map((score) => (
        <article key={score.id} className={desk.part}>
          <div className={desk.line}>
            <b>{score.period}</b>
            <Link
              to="/records/$object/$id"
              params={{ object: 'follow_up', id: score.follow_up.id }}
              className={css.back}
            >
              {score.follow_up.title ? score.follow_up.title.slice(0, 40) : t('spot.mine.open')}
              <Icon name="next" size={16} />
            </Link>
          </div>
          <Given score={score} questions={mine.data?.questions ?? []} />
        </article>
      ))}
    </div>
  );
}
