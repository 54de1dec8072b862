import { date as showDate } from '@/i18n/format';
import css from './fields.module.css';
import { asText, type Kind } from './kind';
import { dayFilter, textInput } from './shared';

export const date: Kind = {
  Input: textInput({ type: 'date' }),
  Cell: ({ value }) => <span className={css.number}>{asText(value) && showDate(asText(value))}</span>,
  Filter: dayFilter('date'),
  ops: ['next_days', 'last_days', 'today', 'past', 'future', 'between', 'empty', 'not_empty'],
};
