import type { Kind } from './kind';
import { TextCell, TextFilter, textInput } from './shared';

/** A name on somebody else's platform: WeChat, DingTalk. */
export const account: Kind = {
  Input: textInput(),
  Cell: TextCell,
  Filter: TextFilter,
  ops: ['eq', 'empty', 'not_empty'],
};
