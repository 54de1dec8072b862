import { asText, type Kind } from './kind';
import { MailText } from './MailText';
import { TextFilter, textInput } from './shared';

export const email: Kind = {
  Input: textInput({ type: 'email', inputMode: 'email', autoComplete: 'off' }),
  Cell: ({ value }) => <MailText text={asText(value)} />,
  Filter: TextFilter,
  ops: ['eq', 'empty', 'not_empty'],
};
