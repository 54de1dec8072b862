import css from './fields.module.css';
import { half } from '@/i18n/format';
import { asText, type Kind } from './kind';
import { numberFilter, numberInput } from './shared';

const parse = (typed: string) => {
  const clean = half(typed).replace(/[%\s]/g, '');
  return /^-?\d+(\.\d+)?$/.test(clean) ? Number(clean) : null;
};

export const percent: Kind = {
  Input: numberInput(parse, asText, '%'),
  Cell: ({ value }) => <span className={css.number}>{asText(value)}%</span>,
  Filter: numberFilter(parse, asText),
  ops: ['ge', 'le', 'between', 'eq', 'empty', 'not_empty'],
};
