import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { PersonRef } from '@/api/contract';
import { directoryQuery, peopleQuery } from '@/api/queries';
import { say, t } from '@/i18n';
import { ProblemState } from '@/records/ProblemState';
import { Picker, PickerButton } from '@/ui/Picker';
import css from './fields.module.css';
import type { FilterProps, InputProps, Kind } from './kind';
import { pickerWords } from './words';

export function PersonInput({ control, def, value, onChange }: InputProps) {
  const [open, setOpen] = useState(false);
  const [q, setQ] = useState('');
  const people = useQuery({ ...peopleQuery(q.trim()), enabled: open });
  const chosen = (value || null) as PersonRef | null;
  return (
    <>
      <PickerButton
        {...control}
        text={chosen?.name ?? null}
        placeholder={t('field.choose')}
        clearWord={t('clear')}
        onClick={() => setOpen(true)}
        onClear={def.required ? undefined : () => onChange('')}
      />
      {open && (
        <Picker
          title={say(def.label)}
          words={pickerWords()}
          q={q}
          onQ={setQ}
          failed={
            people.error &&
            !people.data && <ProblemState error={people.error} retry={() => people.refetch()} small />
          }
          items={people.data?.map((person) => ({
            id: person.id,
            title: person.name,
            hint: person.department?.name,
          }))}
          chosen={chosen?.id}
          onPick={(item) => {
            onChange({ id: item.id, name: item.title });
            setOpen(false);
          }}
          onClose={() => setOpen(false)}
        />
      )}
    </>
  );
}

function PersonFilter({ id, def, value, onChange }: FilterProps) {
  const people = useQuery({ ...directoryQuery, enabled: Boolean(value) });
  const name = people.data?.find((one) => one.id === value)?.name;
  return (
    <PersonInput
      control={{ id }}
      def={def}
      value={value ? { id: value, name: name ?? t('field.chosen') } : null}
      onChange={(picked) => onChange(picked ? (picked as PersonRef).id : undefined)}
    />
  );
}

export const person: Kind = {
  Input: PersonInput,
  Cell: ({ value }) => <span className={css.text}>{(value as PersonRef | null)?.name}</span>,
  Filter: PersonFilter,
  ops: ['me', 'eq', 'ne', 'empty', 'not_empty'],
};
