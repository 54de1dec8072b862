/**
 * A filter as a sentence, for whoever reads what somebody else asked for: an approver, the register of exports.
 *
 * Its "I" is the one who asked, never the one who reads.
 */
import { useQuery } from '@tanstack/react-query';
import { objectBodiesQuery } from '@/api/admin';
import type { Condition, FieldDef, FieldKind, Filter } from '@/api/contract';
import { departmentsQuery, directoryQuery, meQuery, objectQuery, objectsQuery } from '@/api/queries';
import { say, t, tCode } from '@/i18n';
import { chipText, type NameOf } from './list/chipText';
import { fieldNamed } from './systemFields';

export type FieldOf = (name: string) => FieldDef | undefined;
/** What a filter is put into words with. */
export type FilterWords = { fieldOf: FieldOf; nameOf: NameOf };

/** Columns that a filter may name and that no list shows. */
const unseen = { created_by: 'person', owned_since: 'datetime', pool: 'text' } satisfies Record<
  string,
  FieldKind
>;

function unseenField(name: string): FieldDef | undefined {
  if (!(name in unseen)) return undefined;
  const label = tCode('system', name);
  return {
    id: name,
    name,
    label: { zh: label, en: label },
    kind: unseen[name as keyof typeof unseen],
    class: 'L2',
    required: false,
    right: 'read',
    filterable: true,
    sortable: false,
  };
}

/** Fields by the words of whoever designed them, also for somebody who may not open a single record. */
export function useFilterWords(object: string): FilterWords {
  const objects = useQuery(objectsQuery);
  const known = objects.data?.some((item) => item.name === object) ?? false;
  const def = useQuery({ ...objectQuery(object), enabled: known, retry: false });
  const me = useQuery(meQuery);
  const reads = ['roles.manage', 'ledger.read'].some((act) => me.data?.acts.includes(act));
  const bodies = useQuery({ ...objectBodiesQuery, enabled: objects.data !== undefined && !known && reads });
  const body = bodies.data?.find((item) => item.name === object)?.body;
  const people = useQuery(directoryQuery);
  const departments = useQuery(departmentsQuery);
  const designed =
    def.data ?? (body ? { ...body, fields: body.fields as unknown as FieldDef[] } : { fields: [] });
  return {
    fieldOf: (name) => fieldNamed(designed, name) ?? unseenField(name),
    nameOf: (id) => [...(people.data ?? []), ...(departments.data ?? [])].find((one) => one.id === id)?.name,
  };
}

export function fieldText(name: string, { fieldOf }: FilterWords): string {
  const def = fieldOf(name);
  return def ? say(def.label) : tCode('alerts.field', name);
}

export function filterText(filter: Filter, words: FilterWords): string {
  const part = (one: Filter) => filterText(one, words);
  // "And" within "or", or the other way round, is held together; alike within alike needs nothing.
  const inside = (one: Filter, same: 'all' | 'any') =>
    ('all' in one || 'any' in one) && !(same in one) ? `(${part(one)})` : part(one);
  if ('all' in filter) return filter.all.map((one) => inside(one, 'all')).join(` ${t('filter.and')} `);
  if ('any' in filter) return filter.any.map((one) => inside(one, 'any')).join(` ${t('filter.or')} `);
  if ('not' in filter) return `${t('filter.not')} (${part(filter.not)})`;
  return 'field' in filter ? conditionText(filter, words) : '';
}

function conditionText(condition: Condition, words: FilterWords): string {
  const { field, op, value } = condition;
  const label = fieldText(field, words);
  if (field === 'relation') return tCode('relation', String(value));
  if (field === 'pool' && op === 'empty') return t('condition.pool.out');
  if (field === 'pool' && op === 'not_empty') return t('condition.pool.in');
  if (op === 'me' || op === 'my_department') return `${label} ${t(`condition.${op}`)}`;
  const def = words.fieldOf(field);
  if (!def) return [label, t(`op.${op}`), ...named(value, () => undefined)].join(' ');
  const names = named(value, words.nameOf);
  if (['person', 'department', 'reference'].includes(def.kind) && names.length > 0)
    return `${label} ${t(`op.${op}`)} ${names.join(t('list.comma'))}`;
  return chipText(condition, def, words.nameOf);
}

/** Ids by their names; a link brings its own. */
function named(value: unknown, nameOf: NameOf): string[] {
  if (value === undefined || value === null) return [];
  return (Array.isArray(value) ? value : [value]).map((one) => {
    const link = one as { id?: string; name?: string; title?: string };
    if (typeof one === 'object') return link.title ?? link.name ?? nameOf(link.id ?? '') ?? t('field.chosen');
    return nameOf(String(one)) ?? String(one);
  });
}
