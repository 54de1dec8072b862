/** Conditions as chips, joined by 且 or 或. */
import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useState } from 'react';
import type { Condition, FieldDef, FieldKind, ObjectDef } from '@/api/contract';
import { departmentsQuery, directoryQuery } from '@/api/queries';
import { pickedTitle } from '@/fields/picked';
import { t } from '@/i18n';
import { Icon } from '@/ui/Icon';
import { type Chips, isComplete } from '../filter';
import { allFields } from '../systemFields';
import { chipText, type NameOf } from './chipText';
import css from './list.module.css';

const ConditionSheet = lazy(async () => ({ default: (await import('./ConditionSheet')).ConditionSheet }));

type Props = { object: ObjectDef; chips: Chips; onChange: (chips: Chips) => void };

/** Asks for names only where a condition needs them. */
function useNames(kinds: (FieldKind | undefined)[]): NameOf {
  const people = useQuery({ ...directoryQuery, enabled: kinds.includes('person') });
  const departments = useQuery({ ...departmentsQuery, enabled: kinds.includes('department') });
  return (id) =>
    [...(people.data ?? []), ...(departments.data ?? [])].find((one) => one.id === id)?.name ??
    pickedTitle(id);
}

export function FilterChips({ object, chips, onChange }: Props) {
  const fields = allFields(object).filter((field) => field.filterable);
  const nameOf = useNames(
    chips.conditions.map(({ field }) => fields.find((one) => one.name === field)?.kind),
  );
  const [editing, setEditing] = useState<number | 'new' | null>(null);
  const current = typeof editing === 'number' ? chips.conditions[editing] : undefined;

  function save(condition: Condition) {
    const conditions = [...chips.conditions];
    if (typeof editing === 'number') conditions[editing] = condition;
    else conditions.push(condition);
    onChange({ ...chips, conditions: conditions.filter(isComplete) });
    setEditing(null);
  }
  const remove = (at: number) => {
    onChange({ ...chips, conditions: chips.conditions.filter((_, index) => index !== at) });
    setEditing(null);
  };

  if (fields.length === 0 && chips.conditions.length === 0) return null;
  return (
    <fieldset className={css.chips}>
      <legend className="sr">{t('filter.title')}</legend>
      {chips.conditions.map((condition, index) => {
        const def = fields.find((field) => field.name === condition.field);
        // Kept from when there was such a field, or from somebody who sees it: the server heeds it still.
        const words = def ? chipText(condition, def, nameOf) : t('filter.unknown');
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: the same condition may stand twice
          <span key={index} className={css.chipPair}>
            {index > 0 && (
              <button
                type="button"
                className={css.join}
                aria-label={chips.match === 'all' ? t('filter.and.switch') : t('filter.or.switch')}
                onClick={() => onChange({ ...chips, match: chips.match === 'all' ? 'any' : 'all' })}
              >
                {chips.match === 'all' ? t('filter.and') : t('filter.or')}
              </button>
            )}
            <span className={css.chip}>
              <button type="button" disabled={!def} onClick={() => setEditing(index)}>
                {words}
              </button>
              <button
                type="button"
                className={css.chipX}
                aria-label={t('filter.remove', { what: words })}
                onClick={() => remove(index)}
              >
                <Icon name="close" size={14} />
              </button>
            </span>
          </span>
        );
      })}
      {fields.length > 0 && (
        <button type="button" className={css.addChip} onClick={() => setEditing('new')}>
          <Icon name="filter" size={16} />
          {t('filter.add')}
        </button>
      )}
      {chips.conditions.length > 1 && (
        <button
          type="button"
          className={css.clearChips}
          onClick={() => onChange({ ...chips, conditions: [] })}
        >
          {t('filter.clear')}
        </button>
      )}
      {editing !== null && (
        <Suspense>
          <ConditionSheet
            fields={fields as FieldDef[]}
            condition={current}
            onSave={save}
            onRemove={typeof editing === 'number' ? () => remove(editing) : undefined}
            onClose={() => setEditing(null)}
          />
        </Suspense>
      )}
    </fieldset>
  );
}
