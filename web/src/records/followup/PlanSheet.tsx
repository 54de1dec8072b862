/** A plan: when, and what for. */
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api } from '@/api/client';
import { objectQuery, refreshRecord } from '@/api/queries';
import { t } from '@/i18n';
import { dropDraft, readDraft, writeDraft } from '@/offline/drafts';
import { Button } from '@/ui/Button';
import { Field } from '@/ui/Field';
import { Input } from '@/ui/Input';
import { Sheet } from '@/ui/Sheet';
import { toast } from '@/ui/toast';
import { useHere } from '../form/useHere';
import { useOnce } from '../form/useOnce';
import { problemText, toastProblem } from '../problemText';
import type { Target } from './FollowUpSheet';
import css from './followup.module.css';
import { NextPlan } from './NextPlan';
import { planShape } from './shape';

export function PlanSheet({ target, onClose }: { target: Target; onClose: () => void }) {
  const plans = useQuery(objectQuery('plan'));
  const draft = `plan:${target.id}`;
  const [kept, setKept] = useState(() => {
    const { at = null, text = '' } = readDraft(draft) as { at?: string | null; text?: string };
    return { at, text };
  });
  const { at, text } = kept;
  function keep(change: Partial<typeof kept>) {
    const next = { ...kept, ...change };
    setKept(next);
    writeDraft(draft, next, []);
  }
  const [busy, setBusy] = useState(false);
  const here = useHere();
  const [error, setError] = useState<string | null>(null);
  const [untimed, setUntimed] = useState(false);
  const keyOf = useOnce();

  async function save() {
    if (!plans.data) return;
    const shape = planShape(plans.data, target.object);
    if (!shape.parent || !shape.due) return;
    if (!at) return setUntimed(true);
    setBusy(true);
    setError(null);
    try {
      const fields: Record<string, unknown> = { [shape.parent]: { id: target.id }, [shape.due.name]: at };
      if (shape.text) fields[shape.text.name] = text.trim() || t('plan.default', { title: target.title });
      await api.post('/objects/plan/records', { fields }, { idempotencyKey: keyOf(fields) });
      dropDraft(draft);
      refreshRecord(target.object, target.id);
      toast(t('plan.saved'));
      if (here.current) onClose();
    } catch (problem) {
      if (!here.current) toastProblem(problem);
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
