/** What says most about a record at a glance, whatever it is a record of: the first of its short fields that are filled. */
import type { FieldDef, FieldKind, KedunRecord, ObjectDef } from '@/api/contract';
import { clear, isBlank } from '@/fields';
import { tagFields } from './badges';

const telling: FieldKind[] = ['text', 'select', 'date', 'datetime', 'percent'];

const isFilled = (record: KedunRecord, field: FieldDef) => !isBlank(clear(record.fields[field.name]));

/** Its title and its tags stand beside them already. */
export function briefFields(record: KedunRecord, object: ObjectDef): FieldDef[] {
  const shown = [object.title_field, ...tagFields(object).map((field) => field.name)];
  return object.fields
    .filter((field) => telling.includes(field.kind) && !shown.includes(field.name))
    .filter((field) => isFilled(record, field));
}

/** The same for its own page, without what is written of a person: what it belongs under comes first. */
export function headFields(record: KedunRecord, object: ObjectDef): FieldDef[] {
  const above = object.fields.filter(
    (field) => field.name === object.parent?.field && isFilled(record, field),
  );
  const plain = briefFields(record, object).filter((field) => field.class === 'L1' || field.class === 'L2');
  return [...above, ...plain];
}
