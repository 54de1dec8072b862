/** The state of a generated form: values, messages on their fields, and a draft that outlives the page. */
import { useState } from 'react';
import type { FieldDef } from '@/api/contract';
import { Problem } from '@/api/problem';
import { isBlank } from '@/fields';
import { say, t } from '@/i18n';
import { dropDraft, readDraft, type Values, writeDraft } from '@/offline/drafts';

/** What has to be filled and is not, in the order of the form. */
export const missingIn = (defs: FieldDef[], values: Values): FieldDef[] =>
  defs.filter((def) => def.required && isBlank(values[def.name]));

export function useForm(draft: string, defs: FieldDef[], initial: Values = {}) {
  const [values, setValues] = useState<Values>(() => ({ ...readDraft(draft), ...initial }));
  const [errors, setErrors] = useState<Record<string, string>>({});
  const [summary, setOne] = useState<string | null>(null);
  /** Each thing that has to be mended, where it is more than one. */
  const [all, setAll] = useState<string[]>([]);

  function setSummary(text: string | null) {
    setOne(text);
    if (text === null) setAll([]);
  }

  function set(name: string, value: unknown) {
    const next = { ...values, [name]: value };
    setValues(next);
    writeDraft(draft, next, defs);
    if (errors[name]) setErrors(({ [name]: _gone, ...rest }) => rest);
  }

  /** Required fields only: everything else is the server's to judge, with the same rules for every door. */
  function check(): boolean {
    const missing = missingIn(defs, values);
    setErrors(Object.fromEntries(missing.map((def) => [def.name, t('form.required')])));
    setAll([]);
    const fields = missing.map((def) => say(def.label)).join(t('list.comma'));
    setSummary(missing.length > 0 ? t('form.fix', { n: missing.length, fields }) : null);
    if (missing[0]) focusField(missing[0].name);
    return missing.length === 0;
  }

  /** Puts what the server said where it belongs; returns false when it was not about the form. */
  function take(problem: unknown): boolean {
    // 422: what was typed is wrong. 409: it is right, and somebody else has it already. Both name the field.
    if (!(problem instanceof Problem)) return false;
    const list = problem.body.errors ?? [];
    if (problem.status !== 422 && list.length === 0) return false;
    setErrors(Object.fromEntries(list.map((error) => [error.field, error.message])));
    const labelOf = (name: string) => say(defs.find((def) => def.name === name)?.label);
    const known = list.filter((error) => labelOf(error.field));
    // Whoever mends the first of three should not learn of the second from the next refusal.
    const told = list.map(({ field, message }) =>
      labelOf(field) ? t('form.about', { field: labelOf(field), message }) : message,
    );
    setAll(told.length > 1 ? told : []);
    setSummary(
      told.length > 1
        ? t('form.several', { n: told.length })
        : (list[0]?.message ?? problem.body.detail ?? problem.body.title ?? null),
    );
    if (known[0]) focusField(known[0].field);
    return true;
  }

  function done() {
    dropDraft(draft);
  }

  return { values, errors, summary, all, set, check, take, done, setSummary };
}

export const fieldId = (name: string) => `field-${name}`;

const focusField = (name: string) => focusOn(fieldId(name));

/** Brings into sight what has to be mended, and the keyboard with it. */
export function focusOn(id: string) {
  requestAnimationFrame(() => {
    const control = document.getElementById(id);
    control?.scrollIntoView({ block: 'center' });
    control?.focus({ preventScroll: true });
  });
}
