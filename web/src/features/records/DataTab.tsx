/** All fields the server let us see, each editable in place where the record says so. */
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { FieldDef, KedunRecord, ObjectDef } from '@/api/contract';
import { consentsQuery } from '@/api/queries';
import { say, t, tCode } from '@/i18n';
import { date, dateTime } from '@/i18n/format';
import { hasDraft } from '@/offline/drafts';
import { ClassTag } from '@/records/form/FormField';
import { Secret } from '@/records/reveal/Secret';
import { IconButton } from '@/ui/Button';
import { Tag } from '@/ui/Tag';
import css from './DataTab.module.css';
import { editDraft, InlineEdit } from './InlineEdit';

type Props = { record: KedunRecord; object: ObjectDef; consents: boolean; editFirst: boolean };

export function DataTab({ record, object, consents, editFirst }: Props) {
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
            <div key={field.name} className={css.row}>
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
      {consents && <Consents id={record.id} />}
      <p className={css.foot}>
        {t('record.dates', { created: date(record.created_at), updated: dateTime(record.updated_at) })}
      </p>
    </div>
  );
}

function mayEdit(record: KedunRecord, field: FieldDef): boolean {
  return record.rights.edit && record.rights.edit_fields.includes(field.name);
}

/** On what ground this data is here, and which notice was read. */
function Consents({ id }: { id: string }) {
  const consents = useQuery(consentsQuery(id));
  if (!consents.data || consents.data.length === 0) return null;
  return (
    <section className={css.consents}>
      <h2>{t('consents.title')}</h2>
      <ul>
        {consents.data.map((consent) => (
          <li key={consent.id}>
            <span>
              <b>{tCode('consent.kind', consent.kind ?? '—')}</b>
              <Tag tone={consent.withdrawn_at ? 'cinnabar' : 'jade'}>
                {consent.withdrawn_at ? t('consents.withdrawn') : t('consents.given')}
              </Tag>
            </span>
            <span className={css.small}>
              {t('consents.line', {
                basis: tCode('basis', consent.basis ?? '—'),
                channel: tCode('channel', consent.channel ?? '—'),
                date: consent.given_at ? date(consent.given_at) : '—',
              })}
              {consent.notice_version !== null &&
                ` · ${t('notice.version', { version: versionOf(consent.notice_version) })}`}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** `sales_contact/2` names the notice as well; people want the number. */
function versionOf(version: string | number): string {
  return String(version).split('/').pop() ?? '';
}
