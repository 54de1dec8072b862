import type { Kind } from './kind';
import { TextCell, TextFilter, textInput } from './shared';

export const email: Kind = {
  Input: textInput({ type: 'email', inputMode: 'email', autoComplete: 'off' }),
  Cell: TextCell,
  Filter: TextFilter,
  ops: ['eq', 'empty', 'not_empty'],
};
