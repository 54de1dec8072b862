/**
 * Records that are due rather than followed up: a ticket, a complaint, a plan.
 *
 * Objects are designed, not coded, so the field is found by the name it has in every definition. The record carries its
 * moment as `next_follow_up`, which nobody should call "next contact" here.
 */
import type { FieldDef, Filter, KedunRecord, ObjectDef } from '@/api/contract';
import { clear } from '@/fields';

export function deadlineField(object: Pick<ObjectDef, 'fields'>): FieldDef | null {
  return (
    object.fields.find(
      (field) => field.name === 'due_at' && (field.kind === 'datetime' || field.kind === 'date'),
    ) ?? null
  );
}

/** The field that says how it stands, if some of its states are the end of it. */
function stateField(object: ObjectDef): FieldDef | null {
  return (
    object.fields.find(
      (field) => field.kind === 'select' && field.options?.some((option) => option.outcome),
    ) ?? null
  );
}

const ends = (state: FieldDef): string[] =>
  (state.options ?? []).filter((option) => option.outcome).map((option) => option.value);

/**
 * Whether nobody waits for it any more: what is answered is not late. Who was won is followed up all the same; only what
 * was lost, or lives on as another record, is over where no deadline says what is due.
 */
export function isOver(record: KedunRecord, object: ObjectDef): boolean {
  const state = stateField(object);
  const value = state && clear(record.fields[state.name]);
  const end = state?.options?.find((option) => option.outcome && option.value === value);
  if (!end) return false;
  return end.outcome === 'lost' || end.locked === true || deadlineField(object) !== null;
}

/** One's own that are not over, as the server is asked for them. */
export function ownOpen(object: ObjectDef): Filter {
  const state = stateField(object);
  const own: Filter = { field: 'relation', op: 'eq', value: 'own' };
  return state ? { all: [own, { field: state.name, op: 'not_in', value: ends(state) }] } : own;
}
