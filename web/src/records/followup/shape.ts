/**
 * Where the follow-up and the plan keep what the composer writes.
 *
 * Objects are designed, not coded, so the fields are found by what they are: the reference to the parent, the
 * choice of type, the text, the moment, the end.
 */
import type { FieldDef, KedunRecord, Label, ObjectDef, Reference } from '@/api/contract';
import { clear } from '@/fields';
import type { Values } from '@/offline/drafts';
import { titleOf } from '../title';

function pick(def: ObjectDef, names: string[], fits: (field: FieldDef) => boolean): FieldDef | null {
  for (const name of names) {
    const named = def.fields.find((field) => field.name === name && fits(field));
    if (named) return named;
  }
  return def.fields.find(fits) ?? null;
}

const isText = (field: FieldDef) => field.kind === 'long_text' || field.kind === 'text';
const isMoment = (field: FieldDef) => field.kind === 'datetime' || field.kind === 'date';

export function parentField(def: ObjectDef, object: string): string | null {
  if (def.parent?.object === object) return def.parent.field;
  return def.fields.find((field) => field.kind === 'reference' && field.target === object)?.name ?? null;
}

/**
 * The field by which the records of `def` under one of `object` are asked for. Besides the parent these are references
 * that the server filters by; there is no list by any other.
 */
export function relatingField(def: ObjectDef, object: string): string | null {
  if (def.parent?.object === object) return def.parent.field;
  const relates = (field: FieldDef) =>
    field.kind === 'reference' && field.target === object && field.filterable;
  return def.fields.find(relates)?.name ?? null;
}

/** What a new record begins with when it is begun from another: that one, and the parent that both have. */
export function begunFrom(def: ObjectDef, above: KedunRecord, aboveDef: ObjectDef): Values {
  const field = relatingField(def, above.object);
  if (field === null) return {};
  const values: Values = { [field]: { id: above.id, title: titleOf(above) } };
  if (def.parent && def.parent.field !== field && aboveDef.parent?.object === def.parent.object) {
    const parent = clear(above.fields[aboveDef.parent.field]);
    if (parent) values[def.parent.field] = parent;
  }
  return values;
}

export function followUpShape(def: ObjectDef, object: string) {
  return {
    parent: parentField(def, object),
    type: pick(def, ['type', 'kind', 'method', 'channel'], (field) => field.kind === 'select'),
    text: pick(def, ['content', 'text', 'summary', 'notes'], isText),
    /** When it happened: now, for somebody who logs it on the way to the car. */
    at:
      def.fields.find((field) => field.kind === 'datetime' && (field.required || field.name === 'at')) ??
      null,
  };
}

export function planShape(def: ObjectDef, object: string) {
  const done = def.fields.find((field) => field.name === 'done' && field.kind === 'boolean');
  const state = pick(
    def,
    ['status', 'state', 'stage'],
    (field) => field.kind === 'select' && (field.options ?? []).some((option) => DONE.includes(option.value)),
  );
  return {
    parent: parentField(def, object),
    text: pick(def, ['what', 'content', 'subject', 'title', 'text'], isText),
    due: pick(def, ['due_at', 'due', 'planned_at', 'at'], isMoment),
    finish: finishing(done, state),
    /** What it is while it is still to be done. */
    open: opening(done, state),
    /** The follow-up that finished it, where the plan keeps one. */
    followUp: def.fields.find((field) => field.kind === 'reference' && field.target === 'follow_up') ?? null,
  };
}

const DONE = ['done', 'completed', 'finished'];

function finishing(
  done: FieldDef | undefined,
  state: FieldDef | null,
): { field: string; value: unknown } | null {
  if (done) return { field: done.name, value: true };
  const option = state?.options?.find((candidate) => DONE.includes(candidate.value));
  return state && option ? { field: state.name, value: option.value } : null;
}

function opening(
  done: FieldDef | undefined,
  state: FieldDef | null,
): { field: string; value: unknown } | null {
  if (done) return { field: done.name, value: false };
  const option = state?.options?.find((candidate) => !candidate.outcome && !DONE.includes(candidate.value));
  return state && option ? { field: state.name, value: option.value } : null;
}

export type PlanView = {
  due: string | null;
  text: string;
  customer: Reference | null;
  object: string | null;
  done: boolean;
  /** Nobody waits for it any more: it was done, or ended some other way. */
  over: boolean;
  /** How it ended, as its designer calls it. */
  end: Label | null;
};

/** A plan as Today and the timeline show it. */
export function readPlan(plan: KedunRecord, def: ObjectDef | undefined): PlanView {
  const reference = def?.fields.find((field) => field.kind === 'reference' && clear(plan.fields[field.name]));
  const shape = def && planShape(def, reference?.target ?? 'customer');
  const finish = shape?.finish;
  const done = Boolean(finish && clear(plan.fields[finish.field]) === finish.value);
  const state = def?.fields.find((field) => field.name === finish?.field);
  const now = state && clear(plan.fields[state.name]);
  const end = state?.options?.find((option) => option.value === now && (option.outcome || done));
  const due = shape?.due ? clear(plan.fields[shape.due.name]) : null;
  const text = shape?.text ? clear(plan.fields[shape.text.name]) : null;
  return {
    due: (typeof due === 'string' ? due : null) ?? plan.next_follow_up,
    text: typeof text === 'string' ? text : titleOf(plan),
    customer: reference ? (clear(plan.fields[reference.name]) as Reference) : null,
    object: reference?.target ?? null,
    done,
    over: done || end !== undefined,
    end: end?.label ?? null,
  };
}
