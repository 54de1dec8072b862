import { TextArea } from '@/ui/Input';
import css from './fields.module.css';
import { asText, type Kind } from './kind';
import { TextFilter } from './shared';

export const longText: Kind = {
  Input: ({ control, def, value, onChange, onBlur, placeholder, autoFocus }) => (
    <TextArea
      {...control}
      value={asText(value)}
      maxLength={def.max_length ?? undefined}
      placeholder={placeholder}
      autoFocus={autoFocus}
      onChange={(event) => onChange(event.target.value)}
      onBlur={onBlur}
    />
  ),
  Cell: ({ value }) => <span className={css.long}>{asText(value)}</span>,
  Filter: TextFilter,
  ops: ['not_empty', 'empty'],
};
