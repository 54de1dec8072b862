/** Columns every record has. They behave like fields in filters, sorts and tables. */
import type { FieldDef, FieldKind, FieldValue, KedunRecord, ObjectDef } from '@/api/contract';
import { t } from '@/i18n';

const kinds = {
  owner: 'person',
  department: 'department',
  last_follow_up: 'datetime',
  next_follow_up: 'datetime',
  updated_at: 'datetime',
  created_at: 'datetime',
} satisfies Record<string, FieldKind>;

type SystemName = keyof typeof kinds;
const followed: SystemName[] = ['last_follow_up', 'next_follow_up'];

/** Built when asked, because the label follows the language. */
function systemFields(): FieldDef[] {
  return (Object.keys(kinds) as SystemName[]).map((name) => {
    const label = t(`system.${name}`);
    return {
      id: name,
      name,
      label: { zh: label, en: label },
      kind: kinds[name],
      class: 'L2',
      required: false,
      right: 'read',
      filterable: true,
      sortable: true,
    };
  });
}

/** As far as fields go, whoever designed them. */
type Designed = Pick<ObjectDef, 'fields'>;

export function allFields(object: Designed): FieldDef[] {
  const own = new Set(object.fields.map((field) => field.name));
  // When it was followed up and will be is asked for only where the object says so to this person; every record has
  // the two columns, and the server takes no condition and no order on what somebody may not see.
  for (const name of followed) own.add(name);
  return [...object.fields, ...systemFields().filter((field) => !own.has(field.name))];
}

/** Also by names that a list does not offer: history and reports speak of them. */
export function fieldNamed(object: Designed, name: string): FieldDef | undefined {
  return [...allFields(object), ...systemFields()].find((field) => field.name === name);
}

/** The value of a field or a system column, in the wire's own shape. */
export function shownValue(record: KedunRecord, name: string): FieldValue | undefined {
  const field = record.fields[name];
  if (field) return field;
  if (name in kinds || name === 'stage' || name === 'pool') {
    return { value: record[name as SystemName | 'stage' | 'pool'] };
  }
  return undefined;
}
