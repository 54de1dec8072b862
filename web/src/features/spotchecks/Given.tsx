/** A score that was given: points, answers, the remark. */
import type { SpotQuestion, SpotScore } from '@/api/contract';
import { say, t } from '@/i18n';
import { nearTime } from '@/i18n/format';
import desk from '@/ui/desk.module.css';
import css from './spotchecks.module.css';

export function Given({ score, questions }: { score: SpotScore; questions: SpotQuestion[] }) {
  const result = t('spot.result', { points: score.points, most: score.most });
  return (
    <section className={desk.card} aria-label={result}>
      <h2>{result}</h2>
      <dl className={css.answers}>
        {questions.map((question) => {
          const answer = question.options.find((option) => option.value === score.answers[question.name]);
          return (
            answer && (
              <div key={question.name}>
                <dt>{say(question.label)}</dt>
                <dd>{say(answer.label)}</dd>
              </div>
            )
          );
        })}
      </dl>
      {score.remark && <p className={css.remark}>{score.remark}</p>}
      <p className={desk.meta}>
        {t('spot.mine.by', { name: score.scored_by.name ?? '—', time: nearTime(score.scored_at) })}
      </p>
    </section>
  );
}
