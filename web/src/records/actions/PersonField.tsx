/** Picks a colleague in a sheet that is no form of an object. */
import type { FieldDef, PersonRef } from '@/api/contract';
import { PersonInput } from '@/fields/person';
import { Field } from '@/ui/Field';

type Props = {
  id: string;
  label: string;
  value: PersonRef | null;
  onChange: (person: PersonRef) => void;
  error?: string | null;
  optional?: false;
};
/** Where nobody is an answer too. */
type Optional = Omit<Props, 'onChange' | 'optional'> & {
  optional: true;
  onChange: (person: PersonRef | null) => void;
};

export function PersonField({
  id,
  label,
  value,
  onChange,
  error = null,
  optional = false,
}: Props | Optional) {
  const def: FieldDef = {
    id,
    name: id,
    label: { zh: label, en: label },
    kind: 'person',
    class: 'L2',
    required: !optional,
    right: 'edit',
    filterable: false,
    sortable: false,
  };
  return (
    <Field id={id} label={label} error={error}>
      {(control) => (
        <PersonInput
          control={control}
          def={def}
          value={value}
          onChange={(picked) => onChange((picked || null) as PersonRef)}
        />
      )}
    </Field>
  );
}
