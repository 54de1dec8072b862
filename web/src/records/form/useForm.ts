/** The state of a generated form: values, messages on their fields, and a draft that outlives the page. */
import { useState } from 'react';
import type { FieldDef } from '@/api/contract';
import { Problem } from '@/api/problem';
import { isBlank } from '@/fields';
import { t } from '@/i18n';
import { dropDraft, readDraft, type Values, writeDraft } from '@/offline/drafts';

export function useForm(draft: string, defs: FieldDef[], initial: Values = {}) {
  const [values, setValues] = useState<Values>(() => ({ ...readDraft(draft), ...initial }));
  const [errors, setErrors] = useState<Record<string, string>>({});
  const [summary, setSummary] = useState<string | null>(null);

  function set(name: string, value: unknown) {
    const next = { ...values, [name]: value };
    setValues(next);
    writeDraft(draft, next, defs);
    if (errors[name]) setErrors(({ [name]: _gone, ...rest }) => rest);
  }

  /** Required fields only: everything else is the server's to judge, with the same rules for every door. */
  function check(): boolean {
    const missing = defs.filter((def) => def.required && isBlank(values[def.name]));
    setErrors(Object.fromEntries(missing.map((def) => [def.name, t('form.required')])));
    setSummary(missing.length > 0 ? t('form.fix', { n: missing.length }) : null);
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
    const known = list.filter((error) => defs.some((def) => def.name === error.field));
    const loose = list.filter((error) => !known.includes(error)).map((error) => error.message);
    setSummary(loose.length > 0 ? loose.join(' ') : (problem.body.detail ?? problem.body.title ?? null));
    if (known[0]) focusField(known[0].field);
    return true;
  }

  function done() {
    dropDraft(draft);
  }

  return { values, errors, summary, set, check, take, done, setSummary };
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
