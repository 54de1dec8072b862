import { ungrouped } from '@/i18n/format';
import { Input } from '@/ui/Input';
import css from './fields.module.css';
import { asText, type Kind } from './kind';
import { TextFilter } from './shared';

export const idNumber: Kind = {
  Input: ({ control, value, onChange, onBlur, placeholder, autoFocus }) => (
    <Input
      {...control}
      value={asText(value)}
      placeholder={placeholder}
      autoFocus={autoFocus}
      autoCapitalize="characters"
      spellCheck={false}
      // No length: what is pasted in groups is longer than the number, and would be cut before it is read.
      onChange={(event) => onChange(ungrouped(event.target.value).toUpperCase())}
      onBlur={onBlur}
    />
  ),
  Cell: ({ value }) => <span className={css.number}>{asText(value)}</span>,
  Filter: TextFilter,
  ops: ['eq', 'empty', 'not_empty'],
};
