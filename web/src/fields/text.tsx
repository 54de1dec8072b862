import type { Kind } from './kind';
import { TextCell, TextFilter, textInput } from './shared';

export const text: Kind = {
  Input: textInput(),
  Cell: TextCell,
  Filter: TextFilter,
  ops: ['contains', 'eq', 'starts_with', 'not_contains', 'empty', 'not_empty'],
};
