import { useEffect, useMemo, useRef, useState } from 'react';
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
import { useForm } from '@/records/form/useForm';
import { useOnce } from '@/records/form/useOnce';
import { type Ground, intakeOf, NoticeBlock, readyGround } from '@/records/intake/NoticeBlock';
import { problemText } from '@/records/problemText';
import { titleOf } from '@/records/title';
import { Button } from '@/ui/Button';
import { Icon } from '@/ui/Icon';
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
  const keyOf = useOnce();
  const here = useRef(true);
  useEffect(() => {
    here.current = true;
    return () => {
      here.current = false;
    };
  }, []);
  const holdsPersonal = short.some((def) => def.class === 'L3' || def.class === 'L4');
  const filledL4 = defs.filter((def) => def.class === 'L4' && !isBlank(form.values[def.name]));

  async function save() {
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
        purpose && holdsPersonal && ground.notice
          ? { intake: intakeOf(purpose, ground, filledL4.length > 0, separate) }
          : {};
      const body = { fields, ...intake };
      const record = await api.post<KedunRecord>(`/objects/${seg(object.name)}/records`, body, {
        idempotencyKey: keyOf(body),
      });
      form.done();
      void queryClient.invalidateQueries({ queryKey: ['records', object.name] });
      toast(t('intake.saved', { title: titleOf(record) }));
      onSaved(record, here.current);
    } catch (problem) {
      if (!duplicates.point(problem) && !form.take(problem)) form.setSummary(problemText(problem));
      if (problem instanceof Problem) {
        // A newer notice is in force: show that one, and ask for the tick again.
        if (problem.body.errors?.some((error) => error.code === 'notice_outdated'))
          void queryClient.invalidateQueries({ queryKey: ['notice'] });
      }
      setBusy(false);
    }
  }
  // `intake`, `intake.consents`, `intake.notice`: all about the block with the notice.
  const groundError =
    Object.entries(form.errors).find(([name]) => name.split('.')[0] === 'intake')?.[1] ?? null;

  return (
    <form
      className={css.form}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      {form.summary && (
        <p className={css.summary} role="alert">
          <Icon name="alert" size={18} />
          {form.summary}
        </p>
      )}
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
      {purpose && holdsPersonal && (
        <NoticeBlock purpose={purpose} ground={ground} onChange={setGround} error={groundError} />
      )}
      <div className={css.foot}>
        <Button look="primary" type="submit" wide busy={busy}>
          {t('save')}
        </Button>
      </div>
    </form>
  );
}
