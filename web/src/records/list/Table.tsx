/** The dense table of the desktop: first column frozen, headers that sort, rows that open beside the list. */
import { useEffect, useRef } from 'react';
import type { FieldDef, KedunRecord, ObjectDef, Sort } from '@/api/contract';
import { FieldText } from '@/fields';
import { say, t } from '@/i18n';
import { cx } from '@/ui/cx';
import { Icon } from '@/ui/Icon';
import { DueBadge } from '../badges';
import { fieldNamed, shownValue } from '../systemFields';
import { titleOf } from '../title';
import css from './table.module.css';

type Props = {
  object: ObjectDef;
  columns: FieldDef[];
  records: KedunRecord[];
  sort: Sort | undefined;
  onSort: (sort: Sort) => void;
  /** The row under the keyboard. */
  at: number;
  open: string | undefined;
  onOpen: (record: KedunRecord, at: number) => void;
};

export function Table({ object, columns, records, sort, onSort, at, open, onOpen }: Props) {
  const body = useRef<HTMLTableSectionElement>(null);
  useEffect(() => {
    body.current?.rows[at]?.scrollIntoView({ block: 'nearest' });
  }, [at]);
  const title = fieldNamed(object, object.title_field);

  return (
    <table className={css.table}>
      <thead>
        <tr>
          <Header
            def={title}
            label={title ? say(title.label) : say(object.label)}
            sort={sort}
            onSort={onSort}
            frozen
          />
          {columns.map((column) => (
            <Header key={column.name} def={column} label={say(column.label)} sort={sort} onSort={onSort} />
          ))}
        </tr>
      </thead>
      <tbody ref={body}>
        {records.map((record, index) => (
          <tr
            key={record.id}
            className={cx(index === at && css.at, record.id === open && css.open)}
            onClick={() => onOpen(record, index)}
          >
            <th scope="row" className={css.frozen}>
              <span className={css.title}>
                <button
                  type="button"
                  aria-expanded={record.id === open}
                  aria-label={t('list.open', { title: titleOf(record) })}
                  onClick={(event) => {
                    event.stopPropagation();
                    onOpen(record, index);
                  }}
                >
                  {titleOf(record)}
                </button>
                <DueBadge record={record} />
              </span>
            </th>
            {columns.map((column) => (
              <td key={column.name} className={numeric(column) ? css.number : undefined}>
                <FieldText def={column} value={shownValue(record, column.name)} />
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

const numeric = (def: FieldDef) => ['money', 'integer', 'decimal', 'percent'].includes(def.kind);

type HeaderProps = {
  def: FieldDef | undefined;
  label: string;
  sort: Sort | undefined;
  onSort: (sort: Sort) => void;
  frozen?: boolean;
};

function Header({ def, label, sort, onSort, frozen }: HeaderProps) {
  const active = def && sort?.field === def.name ? sort.dir : null;
  return (
    <th
      scope="col"
      className={cx(frozen && css.frozen, def && numeric(def) && css.number)}
      aria-sort={active === 'asc' ? 'ascending' : active === 'desc' ? 'descending' : undefined}
    >
      {def?.sortable ? (
        <button
          type="button"
          className={css.sort}
          onClick={() => onSort({ field: def.name, dir: active === 'desc' ? 'asc' : 'desc' })}
        >
          {label}
          {active && <Icon name={active === 'asc' ? 'up' : 'down'} size={14} />}
        </button>
      ) : (
        label
      )}
    </th>
  );
}
