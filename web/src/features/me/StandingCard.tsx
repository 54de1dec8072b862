/**
 * How I stand: the looks that are left in this hour, and how near I am to what makes somebody look at me.
 *
 * The score is the nearest rule and nothing else; what it is made of stands below it.
 */
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Standing } from '@/api/contract';
import { standingQuery } from '@/api/queries';
import { t } from '@/i18n';
import { ProblemState } from '@/records/ProblemState';
import { Button } from '@/ui/Button';
import { Skeleton } from '@/ui/State';
import { Tag, type Tone } from '@/ui/Tag';
import css from './me.module.css';

function level(score: number): { key: 'calm' | 'near' | 'over'; tone: Tone } {
  if (score >= 100) return { key: 'over', tone: 'cinnabar' };
  return score >= 50 ? { key: 'near', tone: 'amber' } : { key: 'calm', tone: 'jade' };
}

export function StandingCard() {
  const standing = useQuery(standingQuery);
  return (
    <section className={css.standing} aria-label={t('standing.title')}>
      {standing.isPending && <Skeleton rows={2} label={t('loading')} />}
      {standing.error && <ProblemState small error={standing.error} retry={() => standing.refetch()} />}
      {standing.data && <Shown standing={standing.data} />}
    </section>
  );
}

function Shown({ standing }: { standing: Standing }) {
  const [open, setOpen] = useState(false);
  const { quota, score, measures } = standing;
  const { key, tone } = level(score);
  const left = Math.max(0, quota.limit - quota.used);
  return (
    <>
      <div className={css.gauges}>
        <div>
          <p className={css.gaugeHead}>
            <b>{t('standing.quota')}</b>
            <span>{t('standing.used', { n: quota.used, of: quota.limit })}</span>
          </p>
          <meter
            className={css.meter}
            min={0}
            max={quota.limit}
            high={quota.limit * 0.8}
            optimum={0}
            value={quota.used}
            aria-label={t('standing.quota')}
          />
          <p className={css.small}>{t('standing.left', { n: left })}</p>
        </div>
        <div>
          <p className={css.gaugeHead}>
            <b>{t('standing.score')}</b>
            <Tag tone={tone}>{t(`standing.${key}`)}</Tag>
          </p>
          <meter
            className={css.meter}
            min={0}
            max={100}
            low={50}
            high={99}
            optimum={0}
            value={score}
            aria-label={t('standing.score')}
          />
          <p className={css.small}>{t('standing.score.why', { n: score })}</p>
        </div>
      </div>
      <Button look="link" aria-expanded={open} onClick={() => setOpen(!open)}>
        {t(open ? 'standing.fold' : 'standing.unfold')}
      </Button>
      {open && (
        <table className={css.measures}>
          <caption className="sr">{t('standing.unfold')}</caption>
          <thead>
            <tr>
              <th scope="col">{t('standing.rule')}</th>
              <th scope="col">{t('standing.count')}</th>
              <th scope="col">{t('standing.tips')}</th>
            </tr>
          </thead>
          <tbody>
            {measures.map((part) => (
              <tr key={part.rule}>
                <th scope="row">
                  {t(`standing.rule.${part.rule}`)}
                  <small>{windowWords(part.window_seconds)}</small>
                </th>
                <td>{part.count}</td>
                <td>{part.threshold}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {open && <p className={css.small}>{t('standing.note')}</p>}
    </>
  );
}

function windowWords(seconds: number): string {
  return seconds % 3600 === 0
    ? t('standing.hours', { n: seconds / 3600 })
    : t('standing.minutes', { n: Math.round(seconds / 60) });
}
