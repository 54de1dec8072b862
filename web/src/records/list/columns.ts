/** Which columns a view shows, in which order, and how many stay while the others scroll: each person's own. */
import { useQuery } from '@tanstack/react-query';
import type { FieldDef, ObjectDef } from '@/api/contract';
import { dropPreference, keepPreference, preferencesQuery } from '@/api/preferences';
import { say } from '@/i18n';
import { textWidth } from '@/ui/chart/shape';
import { toastProblem } from '../problemText';
import { allFields } from '../systemFields';

/** `null` names: as the view has them. */
export type Layout = { names: string[] | null; frozen: number };

/** More would leave no room for what scrolls. */
export const MOST_FROZEN = 3;

export function readLayout(value: Record<string, unknown> | undefined): Layout {
  const names = Array.isArray(value?.names)
    ? value.names.filter((name): name is string => typeof name === 'string')
    : null;
  const frozen = typeof value?.frozen === 'number' ? Math.max(0, Math.min(MOST_FROZEN, value.frozen)) : 0;
  return { names, frozen };
}

export function useLayout(
  object: string,
  view: string | undefined,
): [Layout, (layout: Layout | null) => void] {
  const preferences = useQuery(preferencesQuery);
  const name = `columns.${object}.${view ?? 'all'}`;
  const layout = readLayout(preferences.data?.[name]);
  return [
    layout,
    (next) => {
      const kept =
        next === null
          ? dropPreference(name)
          : keepPreference(name, { names: next.names ?? [], frozen: next.frozen });
      kept.catch(toastProblem);
    },
  ];
}

/** What was chosen, else the view's columns, else a sensible start. Fields without a right are not there. */
export function columnsOf(
  object: ObjectDef,
  chosen: string[] | null,
  view: string[] | null | undefined,
): FieldDef[] {
  const fields = allFields(object);
  const names = chosen ?? (view && view.length > 0 ? view : fallback(object));
  const found = names
    .map((name) => fields.find((field) => field.name === name))
    .filter((field) => field !== undefined);
  return found.filter((field) => field.name !== object.title_field);
}

function fallback(object: ObjectDef): string[] {
  const own = object.fields
    .filter((field) => !['long_text', 'address', 'id_number'].includes(field.kind))
    .slice(0, 6)
    .map((field) => field.name);
  return [...own, 'owner', 'last_follow_up', 'updated_at'];
}

/** The names with the one at `from` put before what stands at `to`. */
export function moved(names: string[], from: number, to: number): string[] {
  const next = [...names];
  const [name] = next.splice(from, 1);
  if (name !== undefined) next.splice(to > from ? to - 1 : to, 0, name);
  return next;
}

/** What the widest of its tags takes, with its own sides and those of the cell. */
function longestOption(def: FieldDef): number {
  const widths = (def.options ?? []).map((option) => textWidth(say(option.label), 13));
  return Math.ceil(Math.max(0, ...widths)) + 40;
}

/** Fixed by kind and choices, so that a column stays as wide as it is while rows come and go. */
export function widthOf(def: FieldDef): number {
  switch (def.kind) {
    case 'boolean':
    case 'rating':
    case 'percent':
    case 'integer':
      return 110;
    case 'date':
    case 'person':
    case 'decimal':
      return 130;
    case 'select':
      return Math.min(240, Math.max(150, longestOption(def)));
    case 'money':
    case 'department':
    case 'phone':
      return 150;
    case 'datetime':
      return 160;
    case 'text':
    case 'person_name':
    case 'email':
    case 'id_number':
    case 'account':
    case 'url':
    case 'reference':
    case 'multi_select':
      return 180;
    case 'long_text':
    case 'address':
      return 240;
  }
}
