/** Which columns, in which order, and which of them stay: by a handle, by arrows, by buttons. */
import { type PointerEvent, useRef, useState } from 'react';
import type { FieldDef, ObjectDef } from '@/api/contract';
import { say, t } from '@/i18n';
import { Button, IconButton } from '@/ui/Button';
import { cx } from '@/ui/cx';
import { Icon } from '@/ui/Icon';
import { Sheet } from '@/ui/Sheet';
import { allFields } from '../systemFields';
import { type Layout, MOST_FROZEN, moved } from './columns';
import css from './list.module.css';

type Props = {
  object: ObjectDef;
  columns: FieldDef[];
  frozen: number;
  onChange: (layout: Layout | null) => void;
  onClose: () => void;
};

export function ColumnsSheet({ object, columns, frozen, onChange, onClose }: Props) {
  const shown = columns.map((column) => column.name);
  const rest = allFields(object).filter(
    (field) => !shown.includes(field.name) && field.name !== object.title_field,
  );
  const list = useRef<HTMLUListElement>(null);
  /** While a row is held: where it came from and before which it would land. */
  const [held, setHeld] = useState<{ from: number; to: number } | null>(null);
  const [said, setSaid] = useState('');

  const set = (names: string[], stay = frozen) =>
    onChange({ names, frozen: Math.min(stay, names.length, MOST_FROZEN) });
  function move(from: number, to: number) {
    const field = columns[from];
    if (!field || to < 0 || to > shown.length || to === from || to === from + 1) return;
    set(moved(shown, from, to));
    const place = (to > from ? to - 1 : to) + 1;
    setSaid(t('columns.moved', { name: say(field.label), place, of: shown.length }));
  }
  /** Before which row a pointer is. */
  function under(y: number): number {
    const rows = [...(list.current?.children ?? [])].slice(0, columns.length);
    const at = rows.findIndex((row) => {
      const box = row.getBoundingClientRect();
      return y < box.top + box.height / 2;
    });
    return at < 0 ? columns.length : at;
  }
  const handle = (at: number, name: string) => ({
    'aria-label': t('columns.handle', { name }),
    onPointerDown: (event: PointerEvent) => {
      event.currentTarget.setPointerCapture(event.pointerId);
      setHeld({ from: at, to: at });
    },
    onPointerMove: (event: PointerEvent) => held && setHeld({ ...held, to: under(event.clientY) }),
    onPointerUp: () => {
      if (held) move(held.from, held.to);
      setHeld(null);
    },
    onPointerCancel: () => setHeld(null),
  });

  return (
    <Sheet
      title={t('columns.title')}
      closeWord={t('close')}
      onClose={onClose}
      footer={
        <>
          <Button onClick={() => onChange(null)}>{t('columns.reset')}</Button>
          <Button look="primary" onClick={onClose}>
            {t('done')}
          </Button>
        </>
      }
    >
      <p className={css.columnsNote}>{t('columns.note')}</p>
      <ul ref={list} className={css.columns}>
        {columns.map((column, at) => {
          const name = say(column.label);
          return (
            <li
              key={column.name}
              className={cx(
                held?.from === at && css.held,
                held && held.from !== held.to && held.to === at && css.landing,
              )}
            >
              <button
                type="button"
                className={css.grip}
                {...handle(at, name)}
                onKeyDown={(event) => {
                  const by = event.key === 'ArrowUp' ? -1 : event.key === 'ArrowDown' ? 2 : 0;
                  if (!by) return;
                  event.preventDefault();
                  move(at, at + by);
                }}
              >
                <Icon name="grip" />
              </button>
              <label>
                <input
                  type="checkbox"
                  checked
                  onChange={() =>
                    set(
                      shown.filter((other) => other !== column.name),
                      at < frozen ? frozen - 1 : frozen,
                    )
                  }
                />
                {name}
              </label>
              <button
                type="button"
                className={cx(css.pin, at < frozen && css.pinned)}
                aria-pressed={at < frozen}
                aria-label={t('columns.freeze', { name })}
                title={t('columns.freeze', { name })}
                disabled={at >= MOST_FROZEN}
                onClick={() => set(shown, at < frozen ? at : at + 1)}
              >
                <Icon name="pin" size={18} fill={at < frozen} />
              </button>
              <IconButton
                small
                icon="up"
                label={t('columns.up', { name })}
                disabled={at === 0}
                onClick={() => move(at, at - 1)}
              />
              <IconButton
                small
                icon="down"
                label={t('columns.down', { name })}
                disabled={at === columns.length - 1}
                onClick={() => move(at, at + 2)}
              />
            </li>
          );
        })}
        {rest.map((field) => (
          <li key={field.name}>
            <label>
              <input type="checkbox" checked={false} onChange={() => set([...shown, field.name])} />
              {say(field.label)}
            </label>
          </li>
        ))}
      </ul>
      <p className="sr" role="status">
        {said}
      </p>
    </Sheet>
  );
}
