/** Views that a person saved, over those that the definition has. */
import { useQuery } from '@tanstack/react-query';
import type { Condition, Filter, ObjectDef, ViewDef } from '@/api/contract';
import { keepPreference, preferencesQuery } from '@/api/preferences';
import { type Chips, noChips, parseChips } from '../filter';
import { firstView } from './query';

export type SavedView = {
  /** How the address calls it. */
  key: string;
  label: string;
  basedOn: string | undefined;
  chips: Chips;
  sort: string | undefined;
};

/** How the address calls the recycle bin of a list; no view of a definition is called so. */
export const BIN = 'bin';

/** No view of a definition is called so. */
const MARK = 'my-';
export const isSaved = (view: string | undefined): boolean => view?.startsWith(MARK) ?? false;
export const newViewKey = (): string => `${MARK}${crypto.randomUUID().slice(0, 8)}`;
export const preferenceOf = (object: string, key: string): string => `view.${object}.${key}`;

const text = (value: unknown) => (typeof value === 'string' && value ? value : undefined);

/** Chips are one row joined by 且 or 或, and that is all that we save; anything else shows no chips. */
export function chipsOf(filter: unknown): Chips {
  const { all, any } = (filter ?? {}) as { all?: Condition[]; any?: Condition[] };
  if (Array.isArray(any)) return parseChips({ match: 'any', conditions: any });
  return Array.isArray(all) ? parseChips({ match: 'all', conditions: all }) : noChips;
}

export function useSavedViews(object: string): SavedView[] {
  const preferences = useQuery(preferencesQuery);
  const prefix = `view.${object}.`;
  return Object.entries(preferences.data ?? {})
    .filter(([name]) => name.startsWith(prefix))
    .map(([name, value]) => ({
      key: name.slice(prefix.length),
      label: text(value.label) ?? '',
      basedOn: text(value.based_on),
      chips: chipsOf(value.filter),
      sort: text(value.sort),
    }))
    .sort((a, b) => a.label.localeCompare(b.label, 'zh-Hans-CN'));
}

export function saveView(object: string, view: SavedView): Promise<void> {
  const filter: Filter | undefined =
    view.chips.conditions.length === 0
      ? undefined
      : view.chips.match === 'any'
        ? { any: view.chips.conditions }
        : { all: view.chips.conditions };
  return keepPreference(preferenceOf(object, view.key), {
    label: view.label,
    ...(view.basedOn ? { based_on: view.basedOn } : {}),
    ...(filter ? { filter } : {}),
    ...(view.sort ? { sort: view.sort } : {}),
  });
}

/** The definition's view under a name, or under the saved view of that name. */
export function baseView(
  object: ObjectDef,
  saved: SavedView | undefined,
  name: string | undefined,
): ViewDef | undefined {
  const wanted = saved ? saved.basedOn : name;
  return object.views.find((item) => item.name === wanted) ?? firstView(object);
}

export const sameChips = (a: Chips, b: Chips): boolean =>
  (a.match === b.match || a.conditions.length < 2) &&
  JSON.stringify(a.conditions) === JSON.stringify(b.conditions);
