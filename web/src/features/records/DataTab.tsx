/** All fields the server let us see, each editable in place where the record says so. */
import { useState } from 'react';
import type { FieldDef, FieldKind, KedunRecord, ObjectDef } from '@/api/contract';
import { say, t } from '@/i18n';
import { date, dateTime } from '@/i18n/format';
import { hasDraft } from '@/offline/drafts';
import { ClassTag } from '@/records/form/FormField';
import { Secret } from '@/records/reveal/Secret';
import { IconButton } from '@/ui/Button';
import { cx } from '@/ui/cx';
import css from './DataTab.module.css';
import { editDraft, InlineEdit } from './InlineEdit';

/** Values that need the width of a phone for themselves. */
const long: FieldKind[] = ['email', 'url', 'address', 'long_text'];

type Props = { record: KedunRecord; object: ObjectDef; editFirst: boolean };

export function DataTab({ record, object, editFirst }: Props) {
  const fields = object.fields.filter((field) => field.name in record.fields || mayEdit(record, field));
  const [editing, setEditing] = useState(() => {
    const left = fields.find((field) => hasDraft(editDraft(record.id, field.name)));
    const first = editFirst ? fields.find((field) => mayEdit(record, field)) : undefined;
    return (left ?? first)?.name ?? null;
  });
  return (
    <div className={css.data}>
      <dl>
        {fields.map((field) =>
          editing === field.name ? (
            <div key={field.name} className={css.editing}>
              <dt className="sr">{say(field.label)}</dt>
              <dd>
                <InlineEdit record={record} def={field} onClose={() => setEditing(null)} />
              </dd>
            </div>
          ) : (
            <div key={field.name} className={cx(css.row, long.includes(field.kind) && css.long)}>
              <dt>
                {say(field.label)} <ClassTag def={field} />
              </dt>
              <dd>
                <span className={css.value}>
                  <Secret record={record} def={field} value={record.fields[field.name]} />
                </span>
                {mayEdit(record, field) && (
                  <IconButton
                    icon="pen"
                    small
                    label={t('edit.field', { field: say(field.label) })}
                    onClick={() => setEditing(field.name)}
                  />
                )}
              </dd>
            </div>
          ),
        )}
      </dl>
      <p className={css.foot}>
        {t('record.dates', { created: date(record.created_at), updated: dateTime(record.updated_at) })}
      </p>
    </div>
  );
}

function mayEdit(record: KedunRecord, field: FieldDef): boolean {
  return record.rights.edit && record.rights.edit_fields.includes(field.name);
}
