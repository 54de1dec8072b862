/** The score sheet of one follow-up: a choice per question and a remark. What was chosen is sent once. */
import { useMutation } from '@tanstack/react-query';
import { spotCheckQuery, spotChecksQuery } from '@/api/checks';
import { api, seg } from '@/api/client';
import type { SpotCheck, SpotScore } from '@/api/contract';
import { queryClient } from '@/api/queries';
import { say, t } from '@/i18n';
import { problemText } from '@/records/problemText';
import { Button } from '@/ui/Button';
import desk from '@/ui/desk.module.css';
import { Field } from '@/ui/Field';
import { TextArea } from '@/ui/Input';
import { Segments } from '@/ui/Segments';
import { toast } from '@/ui/toast';
import css from './spotchecks.module.css';

export type Chosen = { answers: Record<string, string>; remark: string };
export const nothingChosen: Chosen = { answers: {}, remark: '' };

type Props = {
  check: SpotCheck;
  followUp: string;
  chosen: Chosen;
  onChoose: (chosen: Chosen) => void;
  onScored: () => void;
};

export function ScoreForm({ check, followUp, chosen, onChoose, onScored }: Props) {
  const { answers, remark } = chosen;
  const missing = check.questions.some((question) => answers[question.name] === undefined);
  const key = spotCheckQuery(check.id).queryKey;
  const score = useMutation({
    mutationFn: () =>
      api.post<SpotScore>(`/spot_checks/${seg(check.id)}/scores`, {
        follow_up: followUp,
        answers,
        remark: remark.trim() || null,
      }),
    onSuccess: (given) => {
      const left = check.items.filter((one) => !one.score && !one.gone && one.follow_up !== followUp);
      // Asking for the check again would read all five again; what changed is known.
      queryClient.setQueryData(key, (old: SpotCheck | undefined) =>
        old
          ? {
              ...old,
              state: left.length === 0 ? ('done' as const) : old.state,
              scored: old.scored + 1,
              points: old.points + given.points,
              most: old.most + given.most,
              items: old.items.map((one) => (one.follow_up === followUp ? { ...one, score: given } : one)),
            }
          : old,
      );
      void queryClient.invalidateQueries({ queryKey: spotChecksQuery.queryKey });
      toast(t(left.length === 0 ? 'spot.all_done' : 'spot.saved'));
      onScored();
    },
    onError: () => void queryClient.invalidateQueries({ queryKey: key }),
  });
  return (
    <form
      className={desk.card}
      onSubmit={(event) => {
        event.preventDefault();
        if (!missing) score.mutate();
      }}
    >
      {check.questions.map((question) => (
        <div key={question.name} className={css.question}>
          <h3>{say(question.label)}</h3>
          {question.help && <p className={css.help}>{say(question.help)}</p>}
          <Segments
            look="chips"
            label={say(question.label)}
            options={question.options.map((option) => ({ key: option.value, label: say(option.label) }))}
            value={answers[question.name] ?? null}
            onChange={(value) => onChoose({ ...chosen, answers: { ...answers, [question.name]: value } })}
          />
        </div>
      ))}
      <Field id="spot-remark" label={t('spot.remark')} help={t('spot.remark.help')}>
        {(control) => (
          <TextArea
            {...control}
            value={remark}
            maxLength={300}
            onChange={(event) => onChoose({ ...chosen, remark: event.target.value })}
          />
        )}
      </Field>
      {score.error && (
        <p className={desk.alert} role="alert">
          {problemText(score.error)}
        </p>
      )}
      <p className={desk.actions}>
        <Button look="primary" type="submit" disabled={missing} busy={score.isPending}>
          {t('spot.save')}
        </Button>
        {missing && <span className={desk.meta}>{t('spot.missing')}</span>}
      </p>
    </form>
  );
}
