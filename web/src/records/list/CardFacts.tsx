/** The line under a card's name: whose it is, and what tells it from the others beside it. */
import type { KedunRecord, ObjectDef, Reference } from '@/api/contract';
import { clear, FieldText } from '@/fields';
import { t } from '@/i18n';
import { moneyShort, nearDay } from '@/i18n/format';
import { CUSTOMER } from '@/path';
import { briefFields } from '../brief';
import { phoneField } from '../contact';
import { parentField } from '../followup/shape';
import css from './list.module.css';

type Props = {
  record: KedunRecord;
  object: ObjectDef;
  /** The object on whose page the card stands: its name is there already. */
  within?: string | undefined;
};

export function CardFacts({ record, object, within }: Props) {
  const phone = object.fields.find((field) => field.name === phoneField(object));
  const customer = within === CUSTOMER ? null : customerOf(record, object);
  const amount = amountOf(record, object);
  return (
    <span className={css.cardFacts}>
      {customer && <span className={css.cardCustomer}>{customer}</span>}
      {amount !== null && <b>{moneyShort(amount)}</b>}
      {record.owner ? <span>{record.owner.name}</span> : <span>{t('owner.none')}</span>}
      {phone && record.fields[phone.name] && <FieldText def={phone} value={record.fields[phone.name]} />}
      {isFollowed(object) ? (
        <span>
          {record.last_follow_up ? t('card.last', { day: nearDay(record.last_follow_up) }) : t('card.never')}
        </span>
      ) : (
        briefFields(record, object)
          .slice(0, BRIEF)
          .map((field) => <FieldText key={field.name} def={field} value={record.fields[field.name]} />)
      )}
    </span>
  );
}

const BRIEF = 2;

const isFollowed = (object: ObjectDef) => object.fields.some((field) => field.name === 'last_follow_up');

/** A link inside the card's own would be none: its name only. */
function customerOf(record: KedunRecord, object: ObjectDef): string | null {
  const field = parentField(object, CUSTOMER);
  const customer = field ? (clear(record.fields[field]) as Reference | null | undefined) : null;
  return customer?.title || null;
}

/** What it is about in money. A customer's own sum is an expectation among many facts and stays on its page. */
function amountOf(record: KedunRecord, object: ObjectDef): number | null {
  if (isFollowed(object)) return null;
  const amount = clear(record.fields.amount);
  return object.fields.some((field) => field.name === 'amount' && field.kind === 'money') &&
    typeof amount === 'number'
    ? amount
    : null;
}
