/** A record on a phone: name, tags, owner, last follow-up, due badge, and what to do with it. */
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { KedunRecord, ObjectDef } from '@/api/contract';
import { ClaimButton } from '../actions/ClaimButton';
import { DueBadge, RecordTags } from '../badges';
import { ContactRow } from '../ContactRow';
import { useOnPaper } from '../print/paper';
import { titleOf } from '../title';
import { CardFacts } from './CardFacts';
import type { Placed } from './CardList';
import css from './list.module.css';

type Props = {
  record: KedunRecord;
  object: ObjectDef;
  onFollowUp?: (() => void) | undefined;
  matched?: string | undefined;
  extra?: ReactNode;
  /** The object on whose page the card stands. */
  within?: string | undefined;
  /** From a list that draws only what is near. */
  placed?: Placed;
};

export function Card({ record, object, onFollowUp, matched, extra, within, placed }: Props) {
  useOnPaper(record.object, () => [record.id]);
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
        <CardFacts record={record} object={object} within={within} />
        <span className={css.cardBadges}>
          <DueBadge record={record} object={object} />
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
