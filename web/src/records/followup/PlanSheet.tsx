/** A plan: when, and what for. */
import { useQuery } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import type { KedunRecord } from '@/api/contract';
import { objectQuery } from '@/api/queries';
import { t } from '@/i18n';
import { dateTime } from '@/i18n/format';
import { dropDraft, hasDraft, readDraft, writeDraft } from '@/offline/drafts';
import { submit } from '@/offline/outbox';
import { Button } from '@/ui/Button';
import { Field } from '@/ui/Field';
import { Input } from '@/ui/Input';
import { Sheet } from '@/ui/Sheet';
import { useHere } from '../form/useHere';
import { useOnce } from '../form/useOnce';
import { problemText, toastProblem } from '../problemText';
import type { Target } from './FollowUpSheet';
import css from './followup.module.css';
import { NextPlan } from './NextPlan';
import { useToastKept } from './planActs';
import { planShape } from './shape';

export function PlanSheet({ target, onClose }: { target: Target; onClose: () => void }) {
  const plans = useQuery(objectQuery('plan'));
  const draft = `plan:${target.id}`;
  const [kept, setKept] = useState(() => {
    const { at = null, text = '' } = readDraft(draft) as { at?: string | null; text?: string };
    return { at, text };
  });
  const { at, text } = kept;
  const latest = useRef(kept);
  latest.current = kept;
  // From the moment that the outbox has it, until it is refused: what is typed late must not make it a draft again.
  const saved = useRef(false);
  function keep(change: Partial<typeof kept>) {
    const next = { ...kept, ...change };
    setKept(next);
    if (!saved.current) writeDraft(draft, next, []);
  }
  const [busy, setBusy] = useState(false);
  const here = useHere();
  const [error, setError] = useState<string | null>(null);
  const [untimed, setUntimed] = useState(false);
  const keyOf = useOnce();
  const toastKept = useToastKept();

  async function save() {
    if (!plans.data) return;
    const shape = planShape(plans.data, target.object);
    if (!shape.parent || !shape.due) return;
    if (!at) return setUntimed(true);
    setBusy(true);
    setError(null);
    const fields: Record<string, unknown> = { [shape.parent]: { id: target.id }, [shape.due.name]: at };
    const words = text.trim() || t('plan.default', { title: target.title });
    if (shape.text) fields[shape.text.name] = words;
    try {
      const { sent } = await submit<KedunRecord>(
        {
          id: keyOf(fields),
          method: 'POST',
          path: '/objects/plan/records',
          body: { fields },
          about: target,
          what: 'plan',
          text: [words, dateTime(at)].join(' · '),
        },
        [],
        // From here on the outbox has it; two copies would be planned twice.
        () => {
          saved.current = true;
          dropDraft(draft);
        },
      );
      toastKept(sent !== null, t('plan.saved'));
      if (here.current) onClose();
    } catch (problem) {
      if (!here.current) toastProblem(problem);
      saved.current = false;
      // A sheet that was opened since may have begun another.
      if (!hasDraft(draft)) writeDraft(draft, latest.current, []);
      setError(problemText(problem));
      setBusy(false);
    }
  }

  return (
    <Sheet
      title={t('plan.new')}
      closeWord={t('close')}
      onClose={onClose}
      footer={
        <Button look="primary" busy={busy} onClick={() => void save()}>
          {t('save')}
        </Button>
      }
    >
      <p className={css.who}>{target.title}</p>
      <NextPlan
        required
        value={at}
        onChange={(when) => keep({ at: when })}
        error={untimed && !at ? t('plan.when') : null}
      />
      <Field id="plan-text" label={t('plan.text')} error={error}>
        {(control) => (
          <Input
            {...control}
            value={text}
            placeholder={t('plan.default', { title: target.title })}
            onChange={(event) => keep({ text: event.target.value })}
          />
        )}
      </Field>
    </Sheet>
  );
}
