/** A record on a phone: name, tags, owner, last follow-up, due badge, and what to do with it. */
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { FieldDef, FieldKind, KedunRecord, ObjectDef } from '@/api/contract';
import { clear, FieldText, isBlank } from '@/fields';
import { t } from '@/i18n';
import { nearDay } from '@/i18n/format';
import { ClaimButton } from '../actions/ClaimButton';
import { DueBadge, RecordTags, tagFields } from '../badges';
import { ContactRow } from '../ContactRow';
import { phoneField } from '../contact';
import { useOnPaper } from '../print/paper';
import { titleOf } from '../title';
import type { Placed } from './CardList';
import css from './list.module.css';

type Props = {
  record: KedunRecord;
  object: ObjectDef;
  onFollowUp?: (() => void) | undefined;
  matched?: string | undefined;
  extra?: ReactNode;
  /** From a list that draws only what is near. */
  placed?: Placed;
};

export function Card({ record, object, onFollowUp, matched, extra, placed }: Props) {
  useOnPaper(record.object, () => [record.id]);
  const phone = object.fields.find((field) => field.name === phoneField(object));
  return (
    <li className={css.card} {...placed}>
      <Link
        to="/records/$object/$id"
        params={{ object: record.object, id: record.id }}
        className={css.cardMain}
      >
        <span className={css.cardTop}>
          <b className={css.cardTitle}>{titleOf(record)}</b>
          <RecordTags record={record} object={object} />
        </span>
        <span className={css.cardFacts}>
          {record.owner ? <span>{record.owner.name}</span> : <span>{t('owner.none')}</span>}
          {phone && record.fields[phone.name] && <FieldText def={phone} value={record.fields[phone.name]} />}
          {isFollowed(object) ? (
            <span>
              {record.last_follow_up
                ? t('card.last', { day: nearDay(record.last_follow_up) })
                : t('card.never')}
            </span>
          ) : (
            brief(record, object).map((field) => (
              <FieldText key={field.name} def={field} value={record.fields[field.name]} />
            ))
          )}
        </span>
        <span className={css.cardBadges}>
          <DueBadge record={record} />
          {matched && <span className={css.matched}>{matched}</span>}
          {extra}
        </span>
      </Link>
      {record.rights.claim ? (
        <ClaimButton record={record} wide />
      ) : (
        <ContactRow record={record} object={object} onFollowUp={onFollowUp} />
      )}
    </li>
  );
}

const isFollowed = (object: ObjectDef) => object.fields.some((field) => field.name === 'last_follow_up');

const telling: FieldKind[] = ['text', 'select', 'date', 'datetime', 'percent'];

/** What says most about a record that nobody follows up: the first of its own short fields that are filled. */
function brief(record: KedunRecord, object: ObjectDef): FieldDef[] {
  const shown = [object.title_field, ...tagFields(object).map((field) => field.name)];
  return object.fields
    .filter((field) => telling.includes(field.kind) && !shown.includes(field.name))
    .filter((field) => !isBlank(clear(record.fields[field.name])))
    .slice(0, 2);
}
