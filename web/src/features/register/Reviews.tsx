/** Month by month: what is due, what was found. A review is made once and stays. */
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { reviewsQuery } from '@/api/cases';
import { api } from '@/api/client';
import type { ReviewMonth } from '@/api/contract';
import { queryClient } from '@/api/queries';
import { t } from '@/i18n';
import { dateTime } from '@/i18n/format';
import { useKeptText } from '@/records/form/useKeptText';
import { ProblemState } from '@/records/ProblemState';
import { problemText } from '@/records/problemText';
import { Button } from '@/ui/Button';
import { Field } from '@/ui/Field';
import { TextArea } from '@/ui/Input';
import { Sheet } from '@/ui/Sheet';
import { Skeleton, State } from '@/ui/State';
import { Tag, type Tone } from '@/ui/Tag';
import { toast } from '@/ui/toast';
import css from './register.module.css';
import type { RegisterSearch } from './search';

const tones: Record<ReviewMonth['state'], Tone> = { open: 'grey', due: 'amber', reviewed: 'jade' };

export function Reviews({ go }: { go: (part: RegisterSearch) => void }) {
  const reviews = useQuery(reviewsQuery);
  const [doing, setDoing] = useState<string | null>(null);
  return (
    <div className={css.reviews}>
      <p className={css.note}>{t('reviews.note')}</p>
      {reviews.isPending && <Skeleton rows={3} label={t('loading')} />}
      {reviews.error && <ProblemState error={reviews.error} retry={() => reviews.refetch()} />}
      {reviews.data?.length === 0 && (
        <State icon="register" title={t('reviews.empty')} why={t('reviews.empty.why')} />
      )}
      <ul className={css.list}>
        {reviews.data?.map((month) => (
          <li key={month.period} className={css.month}>
            <p className={css.line}>
              <b>{month.period}</b>
              <Tag tone={tones[month.state]}>{t(`reviews.state.${month.state}`)}</Tag>
              <span className={css.meta}>{t('reviews.exports', { n: month.exports })}</span>
            </p>
            {month.review && (
              <>
                <p className={css.said}>{month.review.note}</p>
                <p className={css.meta}>
                  {t('reviews.held', {
                    facts: [
                      t('reviews.exports', { n: month.review.exports }),
                      t('register.rows', { n: month.review.rows }),
                      t('reviews.clear', { n: month.review.clear }),
                      t('register.downloads', { n: month.review.downloads }),
                    ].join(t('list.comma')),
                  })}
                </p>
                <p className={css.meta}>
                  {t('reviews.by', {
                    name: month.review.reviewer.name ?? '',
                    time: dateTime(month.review.reviewed_at),
                  })}
                </p>
              </>
            )}
            <p className={css.acts}>
              <Button small onClick={() => go({ tab: undefined, month: month.period })}>
                {t('reviews.look')}
              </Button>
              {month.state === 'due' && (
                <Button small look="primary" onClick={() => setDoing(month.period)}>
                  {t('reviews.do')}
                </Button>
              )}
            </p>
          </li>
        ))}
      </ul>
      {doing && <ReviewSheet month={doing} onClose={() => setDoing(null)} />}
    </div>
  );
}

function ReviewSheet({ month, onClose }: { month: string; onClose: () => void }) {
  const [note, setNote, dropNote] = useKeptText(`review:${month}`);
  const review = useMutation({
    mutationFn: () => api.post('/exports/reviews', { period: month, note: note.trim() }),
    onSuccess: () => {
      dropNote();
      toast(t('reviews.done', { month }));
      onClose();
    },
    onSettled: () => queryClient.invalidateQueries({ queryKey: ['register'] }),
  });
  const findings = [t('reviews.finding.fine'), t('reviews.finding.ask')];
  return (
    <Sheet
      title={t('reviews.doing', { month })}
      closeWord={t('close')}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{t('cancel')}</Button>
          <Button
            look="primary"
            disabled={note.trim() === ''}
            busy={review.isPending}
            onClick={() => review.mutate()}
          >
            {t('reviews.save')}
          </Button>
        </>
      }
    >
      <p>{t('reviews.why')}</p>
      {review.error && (
        <p className={css.failed} role="alert">
          {problemText(review.error)}
        </p>
      )}
      <div className={css.findings}>
        {findings.map((finding) => (
          <button
            key={finding}
            type="button"
            aria-pressed={note === finding}
            onClick={() => setNote(finding)}
          >
            {finding}
          </button>
        ))}
      </div>
      <Field id="review-note" label={t('reviews.finding')} help={t('reviews.finding.help')}>
        {(control) => (
          <TextArea
            {...control}
            data-first=""
            value={note}
            maxLength={500}
            onChange={(event) => setNote(event.target.value)}
          />
        )}
      </Field>
    </Sheet>
  );
}
