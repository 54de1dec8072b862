/** A correction for who is in charge: which fields, and their new values. */
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api, seg } from '@/api/client';
import type { FieldDef, ObjectDef, RightsDetail } from '@/api/contract';
import { Problem } from '@/api/problem';
import { objectQuery, queryClient } from '@/api/queries';
import { say, t, tCode } from '@/i18n';
import { FormField } from '@/records/form/FormField';
import { useHere } from '@/records/form/useHere';
import { ProblemState } from '@/records/ProblemState';
import { problemText, toastProblem } from '@/records/problemText';
import css from '@/records/rights/case.module.css';
import { Button } from '@/ui/Button';
import { Field } from '@/ui/Field';
import { Select } from '@/ui/Input';
import { Sheet } from '@/ui/Sheet';
import { Skeleton } from '@/ui/State';
import { toast } from '@/ui/toast';

/** What customers correct; everything else about them is the house's own knowledge. */
const theirs = ['name', 'phone', 'email', 'wechat', 'address', 'city'];

/** The desk may see less of a field than it proposes; the kinds of these are fixed by the shipped package. */
const kinds: Record<string, FieldDef['kind']> = {
  name: 'text',
  phone: 'phone',
  email: 'email',
  wechat: 'account',
  address: 'address',
  city: 'text',
};

function defOf(object: ObjectDef | undefined, name: string): FieldDef {
  const known = object?.fields.find((field) => field.name === name);
  const label = { zh: tCode('desk.field', name), en: tCode('desk.field', name) };
  return {
    id: name,
    name,
    label: known?.label ?? label,
    kind: known?.kind ?? kinds[name] ?? 'text',
    class: known?.class ?? 'L3',
    required: true,
    right: 'edit',
    filterable: false,
    sortable: false,
  };
}

export function ProposeSheet({ request, onClose }: { request: RightsDetail; onClose: () => void }) {
  // Who answers may not see the object at all, and still knows what a telephone number is.
  const object = useQuery({ ...objectQuery('customer'), retry: false });
  const [picked, setPicked] = useState<string[]>(['phone']);
  const [values, setValues] = useState<Record<string, unknown>>({});
  const [errors, setErrors] = useState<Record<string, string>>({});
  const [error, setError] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const here = useHere();
  const free = theirs.filter((name) => !picked.includes(name));

  async function send() {
    setBusy(true);
    setErrors({});
    setError(null);
    try {
      const fields = Object.fromEntries(
        picked
          .filter((name) => values[name] !== undefined && values[name] !== '')
          .map((name) => [name, values[name]]),
      );
      await api.post(`/rights_requests/${seg(request.id)}/proposals`, { fields });
      await queryClient.invalidateQueries({ queryKey: ['rights'] });
      toast(t('rights.done'));
      if (here.current) onClose();
    } catch (problem) {
      if (!here.current) toastProblem(problem);
      setBusy(false);
      if (problem instanceof Problem && problem.body.errors) {
        const list = problem.body.errors;
        setErrors(Object.fromEntries(list.map((wrong) => [wrong.field, wrong.message])));
        if (list.some((wrong) => !picked.includes(wrong.field))) setError(problemText(problem));
      } else setError(problemText(problem));
    }
  }

  return (
    <Sheet
      title={t('rights.act.propose')}
      closeWord={t('close')}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{t('cancel')}</Button>
          <Button look="primary" busy={busy} onClick={() => void send()}>
            {t('rights.act.propose')}
          </Button>
        </>
      }
    >
      <p>{t('rights.act.propose.what')}</p>
      {request.words && <p className={css.said}>{request.words}</p>}
      {object.isPending ? (
        <Skeleton rows={2} label={t('loading')} />
      ) : object.error && !(object.error instanceof Problem && object.error.status === 404) ? (
        <ProblemState error={object.error} retry={() => void object.refetch()} small />
      ) : (
        picked.map((name, at) => (
          <div key={name} className={css.pair}>
            <Field id={`propose-${at}`} label={t('rights.act.propose.field')}>
              {(control) => (
                <Select
                  {...control}
                  value={name}
                  onChange={(event) =>
                    setPicked(picked.map((one) => (one === name ? event.target.value : one)))
                  }
                >
                  {theirs
                    .filter((one) => one === name || free.includes(one))
                    .map((one) => (
                      <option key={one} value={one}>
                        {say(defOf(object.data, one).label)}
                      </option>
                    ))}
                </Select>
              )}
            </Field>
            <FormField
              def={{
                ...defOf(object.data, name),
                label: { zh: t('rights.act.propose.value'), en: t('rights.act.propose.value') },
              }}
              value={values[name]}
              error={errors[name]}
              onChange={(value) => setValues({ ...values, [name]: value })}
            />
          </div>
        ))
      )}
      {free[0] && (
        <Button icon="plus" small onClick={() => setPicked([...picked, free[0] ?? 'city'])}>
          {t('rights.act.propose.add')}
        </Button>
      )}
      {error && (
        <p className={css.error} role="alert">
          {error}
        </p>
      )}
    </Sheet>
  );
}
