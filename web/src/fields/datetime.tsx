import { dateTime, fromWall, nearTime, toWall } from '@/i18n/format';
import { Input } from '@/ui/Input';
import css from './fields.module.css';
import { asText, type Kind } from './kind';
import { dayFilter } from './shared';

export const datetime: Kind = {
  Input: ({ control, value, onChange, onBlur }) => (
    <Input
      {...control}
      type="datetime-local"
      value={asText(value) ? toWall(asText(value)) : ''}
      onChange={(event) => onChange(event.target.value ? fromWall(event.target.value) : '')}
      onBlur={onBlur}
    />
  ),
  Cell: ({ value }) =>
    asText(value) ? (
      <time className={css.number} dateTime={asText(value)} title={dateTime(asText(value))}>
        {nearTime(asText(value))}
      </time>
    ) : null,
  Filter: dayFilter('datetime'),
  ops: ['next_days', 'last_days', 'today', 'past', 'future', 'between', 'empty', 'not_empty'],
};
