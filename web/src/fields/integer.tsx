import { half } from '@/i18n/format';
import css from './fields.module.css';
import { asText, type Kind } from './kind';
import { numberFilter, numberInput } from './shared';

const parse = (typed: string) => {
  const clean = half(typed).replace(/[,\s]/g, '');
  return /^-?\d{1,15}$/.test(clean) ? Number(clean) : null;
};

export const integer: Kind = {
  Input: numberInput(parse, asText),
  Cell: ({ value }) => (
    <span className={css.number}>
      {typeof value === 'number' ? value.toLocaleString('en-US') : asText(value)}
    </span>
  ),
  Filter: numberFilter(parse, asText),
  ops: ['eq', 'ge', 'le', 'between', 'empty', 'not_empty'],
};
