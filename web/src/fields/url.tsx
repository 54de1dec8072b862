import css from './fields.module.css';
import { asText, type Kind } from './kind';
import { TextFilter, textInput } from './shared';

/** Only what is plainly a web address becomes a link: `javascript:` is text. */
const safe = (value: string) => /^https?:\/\//i.test(value);

export const url: Kind = {
  Input: textInput({ type: 'url', inputMode: 'url' }),
  Cell: ({ value }) =>
    safe(asText(value)) ? (
      <a className={css.text} href={asText(value)} target="_blank" rel="noopener noreferrer">
        {asText(value)}
      </a>
    ) : (
      <span className={css.text}>{asText(value)}</span>
    ),
  Filter: TextFilter,
  ops: ['contains', 'empty', 'not_empty'],
};
