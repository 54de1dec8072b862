/** The question that a list asks: one spelling, so that what is asked early is what the list asks for. */
import type { Filter, ObjectDef, Query, Sort, ViewDef } from '@/api/contract';
import { viewSort } from './sort';

const PAGE = 50;

/** Who creates none owns none: their first look is at everything they were given. */
export function firstView(object: ObjectDef): ViewDef | undefined {
  const all = object.views.find((view) => view.name === 'all');
  return (object.verbs.includes('create') ? undefined : all) ?? object.views[0];
}

export function listQuestion(
  view: ViewDef | undefined,
  filter: Filter | undefined,
  sort: Sort[] | undefined = viewSort(view?.sort),
): Query {
  return {
    limit: PAGE,
    count: true,
    ...(view ? { view: view.name } : {}),
    ...(filter ? { filter } : {}),
    ...(sort ? { sort } : {}),
  };
}
