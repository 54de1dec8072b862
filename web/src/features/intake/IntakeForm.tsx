import { useMemo, useState } from 'react';
import { api, seg } from '@/api/client';
import type { FieldDef, KedunRecord, ObjectDef } from '@/api/contract';
import { Problem } from '@/api/problem';
import { queryClient } from '@/api/queries';
import { isBlank, toWire } from '@/fields';
import { say, t } from '@/i18n';
import { normalisePhone } from '@/i18n/format';
import type { Values } from '@/offline/drafts';
import { LONG_FORMS, SHORT_FORM } from '@/path';
import { FormField } from '@/records/form/FormField';
import { FormSummary } from '@/records/form/FormSummary';
import { missingIn, useForm } from '@/records/form/useForm';
import { useHere } from '@/records/form/useHere';
import { useOnce } from '@/records/form/useOnce';
import { type Ground, intakeOf, NoticeBlock, readyGround } from '@/records/intake/NoticeBlock';
import { useBasis } from '@/records/intake/useBasis';
import { problemText, toastProblem } from '@/records/problemText';
import { titleOf } from '@/records/title';
import { Button } from '@/ui/Button';
import { Tick } from '@/ui/Input';
import { toast } from '@/ui/toast';
import { DuplicateNotice, isChecked, useDuplicates } from './duplicates';
import css from './intake.module.css';

/** `here` says whether the form is still what one looks at. */
type Props = {
  object: ObjectDef;
  initial: Values;
  onSaved: (record: KedunRecord, here: boolean) => void;
};

/** The short form, and what the longer ones add: most people need the first only. */
function layoutOf(object: ObjectDef) {
  const named = (name: string) => object.forms.find((form) => form.name === name);
  const first =
    named(SHORT_FORM) ?? LONG_FORMS.map(named).find((form) => form !== undefined) ?? object.forms[0];
  const defs = (names: string[]) =>
    names
      .map((name) => object.fields.find((field) => field.name === name))
      .filter((def): def is FieldDef => def !== undefined && def.right !== 'read');
  const short = first?.fields ?? object.fields.map((field) => field.name);
  const rest = LONG_FORMS.flatMap((name) => named(name)?.fields ?? []).filter(
    (name) => !short.includes(name),
  );
  return {
    short: defs(short),
    more: defs([...new Set(rest)]),
    purpose: first?.notice?.purpose ?? null,
  };
}

/** `intake`, `intake.consents`, `intake.notice`: all about the block with the notice. */
const aboutGround = ({ field }: { field: string }) => field.split('.')[0] === 'intake';

export function IntakeForm({ object, initial, onSaved }: Props) {
  const { short, more, purpose } = useMemo(() => layoutOf(object), [object]);
  const all = useMemo(() => [...short, ...more], [short, more]);
  const form = useForm(`new:${object.name}`, all, initial);
  const [unfolded, setUnfolded] = useState(() => more.some((def) => !isBlank(form.values[def.name])));
  const defs = unfolded ? all : short;
  const [ground, setGround] = useState<Ground>(readyGround);
  const [separate, setSeparate] = useState(false);
  const [busy, setBusy] = useState(false);
  const duplicates = useDuplicates(object.name);
  const basis = useBasis(object, form.values);
  const [sought, setSought] = useState(0);
  const keyOf = useOnce();
  const here = useHere();
  const isPersonal = (def: FieldDef) => def.class === 'L3' || def.class === 'L4';
  const holdsPersonal = (basis.lacking ? defs : short).some(isPersonal);
  const grounded = purpose !== null && holdsPersonal && basis.wanted;
  const filledL4 = defs.filter((def) => def.class === 'L4' && !isBlank(form.values[def.name]));

  /** Nobody can mend what is folded away. */
  function unfoldFor(wrong: string[]) {
    if (more.some((def) => wrong.includes(def.name))) setUnfolded(true);
  }

  async function save() {
    unfoldFor(missingIn(more, form.values).map((def) => def.name));
    if (!form.check()) return;
    setBusy(true);
    form.setSummary(null);
    try {
      const fields = Object.fromEntries(
        defs
          .filter((def) => !isBlank(form.values[def.name]))
          .map((def) => [def.name, toWire(form.values[def.name])]),
      );
      const intake =
        grounded && ground.notice ? { intake: intakeOf(purpose, ground, filledL4.length > 0, separate) } : {};
      const body = { fields, ...intake };
      const record = await api.post<KedunRecord>(`/objects/${seg(object.name)}/records`, body, {
        idempotencyKey: keyOf(body),
      });
      form.done();
      void queryClient.invalidateQueries({ queryKey: ['records', object.name] });
      void queryClient.invalidateQueries({ queryKey: ['today'] });
      if (basis.lacking) void queryClient.invalidateQueries({ queryKey: ['consents'] });
      toast(t('intake.saved', { title: titleOf(record) }));
      onSaved(record, here.current);
    } catch (problem) {
      if (!here.current) toastProblem(problem);
      if (!duplicates.point(problem) && !form.take(problem)) form.setSummary(problemText(problem));
      if (problem instanceof Problem) {
        const errors = problem.body.errors ?? [];
        unfoldFor(errors.map(({ field }) => field));
        // A newer notice is in force: show that one, and ask for the tick again.
        if (errors.some((error) => error.code === 'notice_outdated'))
          void queryClient.invalidateQueries({ queryKey: ['notice'] });
        if (errors.some((error) => error.code === 'basis_required')) basis.ask();
        // A field that is wrong has the keyboard already, and stands above.
        if (errors.some(aboutGround) && !errors.some(({ field }) => defs.some((def) => def.name === field)))
          setSought((times) => times + 1);
      }
      setBusy(false);
    }
  }
  const groundError = Object.entries(form.errors).find(([field]) => aboutGround({ field }))?.[1] ?? null;

  return (
    <form
      className={css.form}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <FormSummary form={form} />
      {defs.map((def, index) => (
        <FormField
          key={def.name}
          def={def}
          value={form.values[def.name]}
          error={form.errors[def.name]}
          autoFocus={index === 0}
          onChange={(value) => {
            form.set(def.name, value);
            if (isChecked(def))
              duplicates.typed(def, def.kind === 'phone' ? normalisePhone(String(value ?? '')) : value);
          }}
          onBlur={() => {
            const value =
              def.kind === 'phone'
                ? normalisePhone(String(form.values[def.name] ?? ''))
                : form.values[def.name];
            if (value !== form.values[def.name] && !isBlank(value)) form.set(def.name, value);
            if (isChecked(def)) void duplicates.check(def.name, value);
          }}
          below={
            <>
              <DuplicateNotice field={def.name} matches={duplicates.matches[def.name]} />
              {purpose && def.class === 'L4' && !isBlank(form.values[def.name]) && (
                <div className={css.separate}>
                  <Tick checked={separate} onChange={(event) => setSeparate(event.target.checked)}>
                    {t('intake.separate', { field: say(def.label) })}
                  </Tick>
                </div>
              )}
            </>
          }
        />
      ))}
      {more.length > 0 && !unfolded && (
        <Button look="quiet" icon="down" onClick={() => setUnfolded(true)}>
          {t('intake.more', { n: more.length })}
        </Button>
      )}
      {grounded && (
        <NoticeBlock
          purpose={purpose}
          ground={ground}
          onChange={setGround}
          // Answered by what was ticked or chosen since.
          error={ground.agreed || ground.basis !== 'consent' ? null : groundError}
          sought={sought}
          why={basis.lacking ? t('intake.lacking') : undefined}
        />
      )}
      <div className={css.foot}>
        <Button look="primary" type="submit" wide busy={busy}>
          {t('save')}
        </Button>
      </div>
    </form>
  );
}
