import { say } from '@/i18n';
import { Tag, toneOf } from '@/ui/Tag';
import css from './fields.module.css';
import type { Kind } from './kind';
import { OptionsFilter } from './shared';

export const multiSelect: Kind = {
  Input: ({ control, def, value, onChange }) => (
    <OptionsFilter id={control.id} def={def} op="in" value={value} onChange={onChange} />
  ),
  Cell: ({ def, value }) => (
    <span className={css.tags}>
      {(Array.isArray(value) ? value : []).map((item) => {
        const option = def.options?.find((candidate) => candidate.value === item);
        return (
          <Tag key={String(item)} tone={toneOf(option?.color)}>
            {option ? say(option.label) : String(item)}
          </Tag>
        );
      })}
    </span>
  ),
  Filter: OptionsFilter,
  ops: ['in', 'not_in', 'empty', 'not_empty'],
};
