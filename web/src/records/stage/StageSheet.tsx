/**
 * Another stage: it asks for what that stage needs before it lands, and can be taken back.
 *
 * What a stage needs is in its definition and the server refuses without it; asking here only spares the refusal.
 */
import { useState } from 'react';
import { api, recordPath } from '@/api/client';
import type { FieldDef, KedunRecord, ObjectDef } from '@/api/contract';
import { isProblem } from '@/api/problem';
import { queryClient, recordQuery, refreshRecord } from '@/api/queries';
import { clear, isBlank, toWire } from '@/fields';
import { say, t } from '@/i18n';
import { Button } from '@/ui/Button';
import { Sheet } from '@/ui/Sheet';
import { toast } from '@/ui/toast';
import { FormField } from '../form/FormField';
import { FormSummary } from '../form/FormSummary';
import { useForm } from '../form/useForm';
import { useHere } from '../form/useHere';
import { problemText, toastProblem } from '../problemText';
import { choicesOf, missing, nextStep, type Step, stepNow } from './stage';
import css from './stage.module.css';

type Props = { record: KedunRecord; object: ObjectDef; field: FieldDef; onClose: () => void };

export function StageSheet({ record, object, field, onClose }: Props) {
  const [step, setStep] = useState<Step | undefined>(() => nextStep(record, field));
  const [busy, setBusy] = useState(false);
  const here = useHere();
  const [base, setBase] = useState(record);
  // As it stands there, also when somebody else moved it meanwhile: undo goes back to that.
  const now = stepNow(base, field);
  const wanted = step ? missing(base, object, step).map((def) => ({ ...def, required: true })) : [];
  const form = useForm(`stage:${record.id}`, wanted);
  const path = recordPath(record.object, record.id);

  function landed(saved: KedunRecord) {
    queryClient.setQueryData(recordQuery(record.object, record.id).queryKey, saved);
    refreshRecord(record.object, record.id);
  }

  async function save() {
    if (!step || step.value === now?.value) return onClose();
    if (!form.check()) return;
    setBusy(true);
    const asked = Object.fromEntries(wanted.map((def) => [def.name, toWire(form.values[def.name])]));
    const before = Object.fromEntries(
      wanted.map((def) => {
        const value = clear(base.fields[def.name]);
        return [def.name, isBlank(value) ? null : toWire(value)];
      }),
    );
    try {
      const saved = await api.patch<KedunRecord>(
        path,
        { fields: { [field.name]: step.value, ...asked } },
        { ifMatch: base.revision },
      );
      form.done();
      landed(saved);
      toast(t('stage.landed', { stage: say(step.label) }), 'done', {
        label: t('undo'),
        run: () => void undo(saved.revision, { [field.name]: now?.value ?? null, ...before }),
      });
      if (here.current) onClose();
    } catch (problem) {
      if (!here.current) toastProblem(problem);
      if (isProblem(problem, 'revision_conflict') && problem.body.current) {
        // Somebody else wrote meanwhile: their record is the ground now, and the choice is still ours.
        setBase(problem.body.current);
        form.setSummary(t('stage.conflict', { stage: say(stepNow(problem.body.current, field)?.label) }));
      } else if (!form.take(problem)) form.setSummary(problemText(problem));
      setBusy(false);
    }
  }

  async function undo(revision: number, fields: Record<string, unknown>) {
    try {
      landed(await api.patch<KedunRecord>(path, { fields }, { ifMatch: revision }));
      toast(t('undone'));
    } catch (problem) {
      toastProblem(problem);
    }
  }

  return (
    <Sheet
      title={t('stage.title', { field: say(field.label) })}
      closeWord={t('close')}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{t('cancel')}</Button>
          <Button look="primary" busy={busy} disabled={!step} onClick={() => void save()}>
            {step ? t('stage.to', { stage: say(step.label) }) : t('save')}
          </Button>
        </>
      }
    >
      <FormSummary form={form} />
      <fieldset className={css.choices}>
        <legend className="sr">{say(field.label)}</legend>
        {choicesOf(field).map((choice) => {
          const needs = missing(base, object, choice);
          return (
            <label key={choice.value} className={css.choice}>
              <input
                type="radio"
                name={`stage-${record.id}`}
                checked={choice.value === step?.value}
                onChange={() => setStep(choice)}
              />
              <span>
                <b>{say(choice.label)}</b>
                {choice.value === now?.value && <small>{t('stage.now')}</small>}
                {choice.value !== now?.value && needs.length > 0 && (
                  <small>
                    {t('stage.needs', { fields: needs.map((def) => say(def.label)).join(t('list.comma')) })}
                  </small>
                )}
              </span>
            </label>
          );
        })}
      </fieldset>
      {wanted.map((def) => (
        <FormField
          key={def.name}
          def={def}
          value={form.values[def.name]}
          error={form.errors[def.name]}
          onChange={(value) => form.set(def.name, value)}
        />
      ))}
    </Sheet>
  );
}
