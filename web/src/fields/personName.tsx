import type { Kind } from './kind';
import { TextCell, TextFilter, textInput } from './shared';

/** One field, no first and last: Chinese names do not split. */
export const personName: Kind = {
  Input: textInput(),
  Cell: TextCell,
  Filter: TextFilter,
  ops: ['eq', 'contains', 'starts_with', 'empty', 'not_empty'],
};
