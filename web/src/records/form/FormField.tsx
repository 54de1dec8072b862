/** One generated field: label on top, its class shown, its input by kind. */
import type { ReactNode } from 'react';
import type { FieldDef } from '@/api/contract';
import { FieldInput } from '@/fields';
import { say, t } from '@/i18n';
import { Field } from '@/ui/Field';
import { Tag, type Tone } from '@/ui/Tag';
import { fieldId } from './useForm';

const tones: Record<FieldDef['class'], Tone> = { L1: 'grey', L2: 'indigo', L3: 'amber', L4: 'cinnabar' };

/** L3 and L4 say so: who types personal data should know it. */
export function ClassTag({ def }: { def: FieldDef }) {
  if (def.class === 'L1' || def.class === 'L2') return null;
  return <Tag tone={tones[def.class]}>{t(`class.${def.class}`)}</Tag>;
}

type Props = {
  def: FieldDef;
  value: unknown;
  error?: string | null | undefined;
  onChange: (value: unknown) => void;
  onBlur?: (() => void) | undefined;
  placeholder?: string | undefined;
  autoFocus?: boolean | undefined;
  below?: ReactNode;
};

export function FormField({ def, value, error, onChange, onBlur, placeholder, autoFocus, below }: Props) {
  return (
    <div>
      <Field
        id={fieldId(def.name)}
        label={say(def.label)}
        required={def.required}
        requiredWord={t('form.required_mark')}
        help={say(def.help)}
        error={error ?? null}
        aside={<ClassTag def={def} />}
      >
        {(control) => (
          <FieldInput
            control={control}
            def={def}
            value={value}
            onChange={onChange}
            onBlur={onBlur}
            placeholder={placeholder}
            autoFocus={autoFocus}
          />
        )}
      </Field>
      {below}
    </div>
  );
}
