/** Which field of an object is its way, and what each step of it asks for. All of it is the designer's. */
import type { FieldDef, KedunRecord, ObjectDef } from '@/api/contract';
import { clear, isBlank, isMasked } from '@/fields';

export type Step = NonNullable<FieldDef['options']>[number];

/** The field whose choices lead somewhere: they ask for something, or end it. */
export function stageField(object: ObjectDef): FieldDef | undefined {
  const leads = (field: FieldDef) =>
    field.kind === 'select' && (field.options ?? []).some((step) => step.outcome || step.requires?.length);
  const named = ['stage', 'status', 'state'].map((name) =>
    object.fields.find((field) => field.name === name),
  );
  return named.find((field) => field && leads(field)) ?? object.fields.find(leads);
}

export function stepsOf(field: FieldDef): Step[] {
  return (field.options ?? []).filter((step) => !step.inactive);
}

/** The steps that somebody may take; a locked one is entered by what the system does. */
export function choicesOf(field: FieldDef): Step[] {
  return stepsOf(field).filter((step) => !step.locked);
}

export function stepNow(record: KedunRecord, field: FieldDef): Step | undefined {
  const value = clear(record.fields[field.name]);
  return field.options?.find((step) => step.value === value);
}

/** The fields that a step asks for and that are still empty; a masked one is filled. */
export function missing(record: KedunRecord, object: ObjectDef, step: Step): FieldDef[] {
  return (step.requires ?? [])
    .map((name) => object.fields.find((field) => field.name === name))
    .filter((field) => field !== undefined)
    .filter((field) => {
      const value = record.fields[field.name];
      return !isMasked(value) && isBlank(clear(value));
    });
}

/** The next step on the way: the one behind this that does not end it badly. */
export function nextStep(record: KedunRecord, field: FieldDef): Step | undefined {
  const steps = choicesOf(field).filter((step) => step.outcome !== 'lost');
  const at = steps.findIndex((step) => step.value === stepNow(record, field)?.value);
  return at < 0 ? undefined : steps[at + 1];
}
