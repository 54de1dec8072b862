import { say, t } from '@/i18n';
import type { Kind } from './kind';
import { YesNo } from './shared';

export const boolean: Kind = {
  Input: ({ def, value, onChange }) => <YesNo label={say(def.label)} value={value} onChange={onChange} />,
  Cell: ({ value }) => <span>{value ? t('yes') : t('no')}</span>,
  Filter: ({ def, value, onChange }) => <YesNo label={say(def.label)} value={value} onChange={onChange} />,
  ops: ['eq'],
};
