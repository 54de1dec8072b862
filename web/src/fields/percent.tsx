import { half } from '@/i18n/format';
import css from './fields.module.css';
import { asText, type Kind } from './kind';
import { numberFilter, numberInput } from './shared';

/** Hundredths of a percent on the wire, as money is in 分: 12.5 % is 1250. */
const parse = (typed: string) => {
  const match = /^(-?)(\d{1,6})(?:\.(\d{1,2}))?$/.exec(half(typed).replace(/[%\s]/g, ''));
  if (!match) return null;
  const size = Number(match[2]) * 100 + Number((match[3] ?? '').padEnd(2, '0'));
  return match[1] ? -size : size;
};
const show = (value: unknown) => (typeof value === 'number' ? String(value / 100) : asText(value));

export const percent: Kind = {
  Input: numberInput(parse, show, '%'),
  Cell: ({ value }) => <span className={css.number}>{show(value)}%</span>,
  Filter: numberFilter(parse, show),
  ops: ['ge', 'le', 'between', 'eq', 'empty', 'not_empty'],
};
