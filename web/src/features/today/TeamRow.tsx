/** What somebody of the team wrote down today: when, who, with whom, the words. */
import { Link } from '@tanstack/react-router';
import type { KedunRecord, ObjectDef, Reference } from '@/api/contract';
import { clear, FieldText } from '@/fields';
import { say, t } from '@/i18n';
import { time } from '@/i18n/format';
import { CUSTOMER } from '@/path';
import { followUpShape } from '@/records/followup/shape';
import { useOnPaper } from '@/records/print/paper';
import css from './today.module.css';

export function TeamRow({ record, def }: { record: KedunRecord; def: ObjectDef | undefined }) {
  useOnPaper(record.object, () => [record.id]);
  const shape = def && followUpShape(def, CUSTOMER);
  const customer = shape?.parent ? (clear(record.fields[shape.parent]) as Reference | undefined) : undefined;
  const at = shape?.at ? clear(record.fields[shape.at.name]) : undefined;
  const moment = typeof at === 'string' ? at : record.created_at;
  const type = shape?.type && clear(record.fields[shape.type.name]);
  const kind = shape?.type?.options?.find((option) => option.value === type);
  const words = (
    <span className={css.text}>
      {kind && `${say(kind.label)} · `}
      {shape?.text && <FieldText def={shape.text} value={record.fields[shape.text.name]} />}
    </span>
  );
  return (
    <li className={css.team}>
      <time className={css.time} dateTime={moment}>
        <b>{time(moment)}</b>
        <span>{record.owner?.name ?? t('timeline.system')}</span>
      </time>
      <div className={css.words}>
        {customer ? (
          <Link to="/records/$object/$id" params={{ object: CUSTOMER, id: customer.id }} className={css.link}>
            <b>{customer.title ?? t('field.out_of_scope')}</b>
            {words}
          </Link>
        ) : (
          words
        )}
      </div>
    </li>
  );
}
