import { say, t } from '@/i18n';
import type { Kind } from './kind';
import { YesNo } from './shared';

export const boolean: Kind = {
  Input: ({ control, def, value, onChange }) => (
    <YesNo
      control={control}
      label={say(def.label)}
      value={value}
      onChange={onChange}
      clear={def.required ? undefined : { word: t('clear'), run: () => onChange('') }}
    />
  ),
  Cell: ({ value }) => <span>{value ? t('yes') : t('no')}</span>,
  Filter: ({ def, value, onChange }) => <YesNo label={say(def.label)} value={value} onChange={onChange} />,
  ops: ['eq'],
};
