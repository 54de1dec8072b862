import { say } from '@/i18n';
import { normalisePhone, phone as showPhone } from '@/i18n/format';
import { Input } from '@/ui/Input';
import css from './fields.module.css';
import { asText, type Kind } from './kind';
import { textInput } from './shared';

/** Sealed, so the server can match it whole and nothing else. */
export const phone: Kind = {
  Input: textInput({ type: 'tel', inputMode: 'tel', autoComplete: 'off' }),
  Cell: ({ value }) => <span className={css.number}>{showPhone(asText(value))}</span>,
  Filter: ({ id, def, value, onChange }) => (
    <Input
      id={id}
      type="tel"
      aria-label={say(def.label)}
      value={asText(value)}
      onChange={(event) => onChange(event.target.value)}
      onBlur={(event) => onChange(normalisePhone(event.target.value))}
    />
  ),
  ops: ['eq', 'empty', 'not_empty'],
};
