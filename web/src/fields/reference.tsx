import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { Reference } from '@/api/contract';
import { recordsQuery, searchQuery } from '@/api/queries';
import { say, t } from '@/i18n';
import { ProblemState } from '@/records/ProblemState';
import { titleOf } from '@/records/title';
import { Picker, PickerButton } from '@/ui/Picker';
import { useDebounced } from '@/ui/useDebounced';
import css from './fields.module.css';
import { asText, type InputProps, type Kind } from './kind';
import { pickedTitle, rememberPicked } from './picked';
import { pickerWords } from './words';

function ReferenceInput({ control, def, value, onChange }: InputProps) {
  const [open, setOpen] = useState(false);
  const chosen = (value || null) as Reference | null;
  return (
    <>
      <PickerButton
        {...control}
        text={chosen ? (chosen.title ?? t('field.out_of_scope')) : null}
        placeholder={t('field.choose')}
        clearWord={t('clear')}
        onClick={() => setOpen(true)}
        onClear={def.required ? undefined : () => onChange('')}
      />
      {open && (
        <RecordPicker
          object={def.target ?? 'customer'}
          title={say(def.label)}
          chosen={chosen?.id}
          onPick={(picked) => {
            onChange(picked);
            setOpen(false);
          }}
          onClose={() => setOpen(false)}
        />
      )}
    </>
  );
}

/** Find a record by name or number; before anything is typed, the latest ones. */
export function RecordPicker({
  object,
  title,
  chosen,
  onPick,
  onClose,
}: {
  object: string;
  title: string;
  chosen?: string | undefined;
  onPick: (picked: Reference) => void;
  onClose: () => void;
}) {
  const [q, setQ] = useState('');
  const latest = useInfiniteQuery(
    recordsQuery(object, { sort: [{ field: 'updated_at', dir: 'desc' }], limit: 20 }),
  );
  // Each search stands in the log, and each half of a word that a method of typing passes through would be one.
  const sought = useDebounced(q.trim(), 250);
  const found = useQuery(searchQuery(object, sought));
  const asked = sought ? found : latest;
  const records = sought ? found.data?.results.map((hit) => hit.record) : latest.data?.pages[0]?.records;
  return (
    <Picker
      title={title}
      words={pickerWords()}
      q={q}
      onQ={setQ}
      late={q.trim() !== sought}
      failed={
        asked.error && !records && <ProblemState error={asked.error} retry={() => asked.refetch()} small />
      }
      items={records?.map((record) => ({
        id: record.id,
        title: titleOf(record),
        hint: record.owner?.name,
      }))}
      chosen={chosen}
      onPick={(item) => onPick({ id: item.id, title: item.title })}
      onClose={onClose}
    />
  );
}

export const reference: Kind = {
  Input: ReferenceInput,
  Cell: ({ def, value }) => {
    const target = value as Reference | null;
    if (!target) return null;
    if (!target.title || !def.target) return <em className={css.away}>{t('field.out_of_scope')}</em>;
    return (
      <Link to="/records/$object/$id" params={{ object: def.target, id: target.id }}>
        {target.title}
      </Link>
    );
  },
  Filter: ({ id, def, value, onChange }) => (
    <ReferenceInput
      control={{ id }}
      def={def}
      value={value ? { id: value, title: pickedTitle(asText(value)) ?? t('field.chosen') } : null}
      onChange={(picked) => {
        const chosen = (picked || null) as Reference | null;
        if (chosen) rememberPicked(chosen);
        onChange(chosen?.id);
      }}
    />
  ),
  ops: ['eq', 'empty', 'not_empty'],
};
