import { say, t } from '@/i18n';
import { Select } from '@/ui/Input';
import { Segments } from '@/ui/Segments';
import { Tag, toneOf } from '@/ui/Tag';
import { asText, type Kind } from './kind';
import { OptionsFilter } from './shared';

/** Up to four short options are one tap away; more become the phone's own picker. */
const FEW = 4;

export const select: Kind = {
  Input: ({ control, def, value, onChange, onBlur }) => {
    // What the system sets is shown where it is, and chosen nowhere.
    const options = (def.options ?? []).filter((option) => !option.locked || option.value === value);
    if (options.length <= FEW) {
      return (
        <Segments
          look="chips"
          control={control}
          label={say(def.label)}
          options={options.map((option) => ({ key: option.value, label: say(option.label) }))}
          value={asText(value) || null}
          onChange={onChange}
          clear={def.required ? undefined : { word: t('clear'), run: () => onChange('') }}
        />
      );
    }
    return (
      <Select {...control} value={asText(value)} onChange={(e) => onChange(e.target.value)} onBlur={onBlur}>
        <option value="">{t('field.choose')}</option>
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {say(option.label)}
          </option>
        ))}
      </Select>
    );
  },
  Cell: ({ def, value }) => {
    const option = def.options?.find((item) => item.value === value);
    return <Tag tone={toneOf(option?.color)}>{option ? say(option.label) : asText(value)}</Tag>;
  },
  Filter: OptionsFilter,
  ops: ['in', 'not_in', 'eq', 'empty', 'not_empty'],
};
