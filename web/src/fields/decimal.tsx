import { half } from '@/i18n/format';
import css from './fields.module.css';
import { asText, type Kind } from './kind';
import { numberFilter, numberInput } from './shared';

/** A string on the wire: a float would round what people typed. */
const parse = (typed: string) => {
  const clean = half(typed).replace(/[,\s]/g, '');
  return /^-?\d+(\.\d+)?$/.test(clean) ? clean : null;
};

export const decimal: Kind = {
  Input: numberInput(parse, asText),
  Cell: ({ value }) => <span className={css.number}>{asText(value)}</span>,
  Filter: numberFilter(parse, asText),
  ops: ['eq', 'ge', 'le', 'between', 'empty', 'not_empty'],
};
