/** Which columns, in which order. Names of columns are not personal: kept on the device. */
import type { FieldDef, ObjectDef } from '@/api/contract';
import { say, t } from '@/i18n';
import { Button, IconButton } from '@/ui/Button';
import { Sheet } from '@/ui/Sheet';
import { allFields } from '../systemFields';
import css from './list.module.css';

const key = (object: string) => `kedun.columns.${object}`;

export function storedColumns(object: string): string[] | null {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(key(object)) ?? 'null');
    return Array.isArray(stored) ? stored.filter((name): name is string => typeof name === 'string') : null;
  } catch {
    return null;
  }
}

/** What was chosen, else the view's columns, else a sensible start. Fields without a right are not there. */
export function columnsOf(
  object: ObjectDef,
  chosen: string[] | null,
  view: string[] | null | undefined,
): FieldDef[] {
  const fields = allFields(object);
  const names = chosen ?? (view && view.length > 0 ? view : fallback(object));
  const found = names
    .map((name) => fields.find((field) => field.name === name))
    .filter((field) => field !== undefined);
  return found.filter((field) => field.name !== object.title_field);
}

function fallback(object: ObjectDef): string[] {
  const own = object.fields
    .filter((field) => !['long_text', 'address', 'id_number'].includes(field.kind))
    .slice(0, 6)
    .map((field) => field.name);
  return [...own, 'owner', 'last_follow_up', 'updated_at'];
}

type Props = {
  object: ObjectDef;
  columns: FieldDef[];
  onChange: (names: string[] | null) => void;
  onClose: () => void;
};

export function ColumnsSheet({ object, columns, onChange, onClose }: Props) {
  const shown = columns.map((column) => column.name);
  const rest = allFields(object).filter(
    (field) => !shown.includes(field.name) && field.name !== object.title_field,
  );

  function set(names: string[] | null) {
    if (names) localStorage.setItem(key(object.name), JSON.stringify(names));
    else localStorage.removeItem(key(object.name));
    onChange(names);
  }
  function move(at: number, by: number) {
    const names = [...shown];
    const [name] = names.splice(at, 1);
    if (name) names.splice(at + by, 0, name);
    set(names);
  }

  return (
    <Sheet
      title={t('columns.title')}
      closeWord={t('close')}
      onClose={onClose}
      footer={
        <>
          <Button onClick={() => set(null)}>{t('columns.reset')}</Button>
          <Button look="primary" onClick={onClose}>
            {t('done')}
          </Button>
        </>
      }
    >
      <ul className={css.columns}>
        {columns.map((column, at) => (
          <li key={column.name}>
            <label>
              <input
                type="checkbox"
                checked
                onChange={() => set(shown.filter((name) => name !== column.name))}
              />
              {say(column.label)}
            </label>
            <IconButton
              small
              icon="up"
              label={t('columns.up', { name: say(column.label) })}
              disabled={at === 0}
              onClick={() => move(at, -1)}
            />
            <IconButton
              small
              icon="down"
              label={t('columns.down', { name: say(column.label) })}
              disabled={at === columns.length - 1}
              onClick={() => move(at, 1)}
            />
          </li>
        ))}
        {rest.map((field) => (
          <li key={field.name}>
            <label>
              <input type="checkbox" checked={false} onChange={() => set([...shown, field.name])} />
              {say(field.label)}
            </label>
          </li>
        ))}
      </ul>
    </Sheet>
  );
}
