/** One condition: field, operator, value; the editor follows the field's kind. */
import { useState } from 'react';
import type { Condition, FieldDef, Operator } from '@/api/contract';
import { FieldFilter, operatorsOf } from '@/fields';
import { unary } from '@/fields/kind';
import { say, t } from '@/i18n';
import { Button } from '@/ui/Button';
import { Field } from '@/ui/Field';
import { Select } from '@/ui/Input';
import { Sheet } from '@/ui/Sheet';
import { isComplete } from '../filter';

type Props = {
  fields: FieldDef[];
  condition?: Condition | undefined;
  onSave: (condition: Condition) => void;
  onRemove?: (() => void) | undefined;
  onClose: () => void;
};

const DEFAULT_DAYS = 7;

function fresh(def: FieldDef, op: Operator): Condition {
  if (unary.includes(op)) return { field: def.name, op };
  if (op === 'last_days' || op === 'next_days') return { field: def.name, op, value: DEFAULT_DAYS };
  return { field: def.name, op, value: undefined };
}

/** What is typed for it: one value, two ends, several, or a number of days. */
function shapeOf(op: Operator): 'none' | 'days' | 'pair' | 'several' | 'one' {
  if (unary.includes(op)) return 'none';
  if (op === 'last_days' || op === 'next_days') return 'days';
  if (op === 'between') return 'pair';
  return op === 'in' || op === 'not_in' ? 'several' : 'one';
}

/** The same condition by another operator; what was typed stays where it still means something. */
export function turned(condition: Condition, def: FieldDef, op: Operator): Condition {
  return shapeOf(op) === shapeOf(condition.op) ? { ...condition, op } : fresh(def, op);
}

export function ConditionSheet({ fields, condition, onSave, onRemove, onClose }: Props) {
  const first = fields.find((field) => field.name === condition?.field) ?? fields[0];
  const [draft, setDraft] = useState<Condition | null>(
    condition ?? (first ? fresh(first, operatorsOf(first)[0] ?? 'eq') : null),
  );
  const def = fields.find((field) => field.name === draft?.field);
  if (!draft || !def) return null;
  const ops = operatorsOf(def);

  return (
    <Sheet
      title={t('filter.condition')}
      closeWord={t('close')}
      onClose={onClose}
      footer={
        <>
          {onRemove && <Button onClick={onRemove}>{t('remove')}</Button>}
          <Button look="primary" disabled={!isComplete(draft)} onClick={() => onSave(draft)}>
            {t('filter.apply')}
          </Button>
        </>
      }
    >
      <Field id="filter-field" label={t('filter.field')}>
        {(control) => (
          <Select
            {...control}
            value={draft.field}
            onChange={(event) => {
              const next = fields.find((field) => field.name === event.target.value);
              if (next) setDraft(fresh(next, operatorsOf(next)[0] ?? 'eq'));
            }}
          >
            {fields.map((field) => (
              <option key={field.name} value={field.name}>
                {say(field.label)}
              </option>
            ))}
          </Select>
        )}
      </Field>
      <Field id="filter-op" label={t('filter.op')}>
        {(control) => (
          <Select
            {...control}
            value={draft.op}
            onChange={(event) => setDraft(turned(draft, def, event.target.value as Operator))}
          >
            {ops.map((op) => (
              <option key={op} value={op}>
                {t(`op.${op}`)}
              </option>
            ))}
          </Select>
        )}
      </Field>
      {!unary.includes(draft.op) && (
        <Field id="filter-value" label={t('filter.value')}>
          {(control) => (
            <FieldFilter
              key={`${draft.field}${draft.op}`}
              id={control.id}
              def={def}
              op={draft.op}
              value={draft.value}
              onChange={(value) => setDraft({ ...draft, value })}
            />
          )}
        </Field>
      )}
    </Sheet>
  );
}
