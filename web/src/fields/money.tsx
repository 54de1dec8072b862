import { parseMoney, money as showMoney } from '@/i18n/format';
import css from './fields.module.css';
import { asText, type Kind } from './kind';
import { numberFilter, numberInput } from './shared';

/** 分 to what a person types: without the sign and separators. */
const editable = (value: unknown) =>
  typeof value === 'number' ? showMoney(value).replace(/[¥,]/g, '').replace(/\.00$/, '') : asText(value);

export const money: Kind = {
  Input: numberInput(parseMoney, editable, '¥'),
  Cell: ({ value }) => (
    <span className={css.number}>{typeof value === 'number' ? showMoney(value) : asText(value)}</span>
  ),
  Filter: numberFilter(parseMoney, editable),
  ops: ['ge', 'le', 'between', 'eq', 'empty', 'not_empty'],
};
