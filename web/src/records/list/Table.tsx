/**
 * The dense table of the desktop: the title and the columns one likes stay, headers sort and can be dragged, rows open
 * beside the list. Only the rows near the window are in the page, so ten thousand scroll like fifty.
 */
import { useVirtualizer } from '@tanstack/react-virtual';
import { type MouseEvent, type PointerEvent, type RefObject, useEffect, useRef, useState } from 'react';
import type { FieldDef, KedunRecord, ObjectDef, Sort } from '@/api/contract';
import { FieldText } from '@/fields';
import { say, t } from '@/i18n';
import { cx } from '@/ui/cx';
import { Icon } from '@/ui/Icon';
import { DueBadge } from '../badges';
import { MOST_PRINTED, usePrinting } from '../print/paper';
import { fieldNamed, shownValue } from '../systemFields';
import { titleOf } from '../title';
import { moved, widthOf } from './columns';
import css from './table.module.css';

const ROW = 40;
const HEAD = 36;
const TITLE = 320;

type Props = {
  object: ObjectDef;
  columns: FieldDef[];
  /** How many columns after the title stay while the others scroll. */
  frozen: number;
  onOrder: (names: string[]) => void;
  records: KedunRecord[];
  sort: Sort | undefined;
  onSort: ((sort: Sort) => void) | undefined;
  /** By what a row was found, when these are hits. */
  matched: ((index: number) => string | undefined) | undefined;
  /** The row under the keyboard. */
  at: number;
  open: string | undefined;
  onOpen: (record: KedunRecord, at: number) => void;
  /** What scrolls. */
  scroller: RefObject<HTMLDivElement | null>;
};

export function Table(props: Props) {
  const { object, columns, frozen, records, sort, onSort, matched, at, open, onOpen, scroller } = props;
  const title = fieldNamed(object, object.title_field);
  const titleWidth = useTitleWidth(columns, scroller);
  const rows = useVirtualizer({
    count: records.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW,
    overscan: 12,
    scrollMargin: HEAD,
    scrollPaddingStart: HEAD,
    getItemKey: (index) => records[index]?.id ?? index,
  });
  const { scrollToIndex } = rows;
  useEffect(() => {
    if (at >= 0) scrollToIndex(at, { align: 'auto' });
  }, [at, scrollToIndex]);
  const drag = useColumnDrag(columns, props.onOrder);

  const near = rows.getVirtualItems();
  // Paper does not scroll: it has the first of them, as many as one print may have.
  const printing = usePrinting();
  const items = printing ? records.slice(0, MOST_PRINTED).map((_, index) => ({ index })) : near;
  const before = printing ? 0 : (near[0]?.start ?? HEAD) - HEAD;
  const after = printing ? 0 : rows.getTotalSize() - ((near.at(-1)?.end ?? HEAD) - HEAD);
  let left = titleWidth;
  const places = columns.map((column, index) => {
    const place = index < frozen ? left : null;
    left += widthOf(column);
    return place;
  });
  const stay = (index: number) => {
    const place = places[index] ?? null;
    return place === null ? {} : { className: css.stays, style: { left: place } };
  };

  return (
    <div style={{ paddingTop: before, paddingBottom: Math.max(0, after) }}>
      <table
        className={css.table}
        aria-rowcount={records.length + 1}
        style={
          printing ? undefined : { width: TITLE + columns.reduce((sum, column) => sum + widthOf(column), 0) }
        }
      >
        {!printing && (
          <colgroup>
            <col />
            {columns.map((column) => (
              <col key={column.name} style={{ width: widthOf(column) }} />
            ))}
          </colgroup>
        )}
        <thead>
          <tr aria-rowindex={1}>
            <Header
              def={title}
              label={title ? say(title.label) : say(object.label)}
              sort={sort}
              onSort={onSort}
              className={css.frozen}
            />
            {columns.map((column, index) => (
              <Header
                key={column.name}
                def={column}
                label={say(column.label)}
                sort={sort}
                onSort={onSort}
                {...stay(index)}
                {...drag(index)}
              />
            ))}
          </tr>
        </thead>
        <tbody>
          {items.map(({ index }) => {
            const record = records[index];
            return (
              record && (
                <tr
                  key={record.id}
                  aria-rowindex={index + 2}
                  className={cx(index === at && css.at, record.id === open && css.open)}
                  onClick={(event) => {
                    if (!meantElsewhere(event)) onOpen(record, index);
                  }}
                >
                  <th scope="row" className={css.frozen}>
                    <span className={css.title}>
                      <button
                        type="button"
                        aria-expanded={record.id === open}
                        aria-label={t('list.open', { title: titleOf(record) })}
                        onClick={() => onOpen(record, index)}
                      >
                        {titleOf(record)}
                      </button>
                      {matched ? (
                        <small className={css.matched}>{matched(index)}</small>
                      ) : (
                        <DueBadge record={record} object={object} />
                      )}
                    </span>
                  </th>
                  {columns.map((column, place) => {
                    const { className, style } = stay(place);
                    return (
                      <td
                        key={column.name}
                        className={cx(numeric(column) && css.number, className)}
                        style={style}
                      >
                        <FieldText def={column} value={shownValue(record, column.name)} />
                      </td>
                    );
                  })}
                </tr>
              )
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

/** A link or a control in a row has its own say, and whoever marks words wants to copy them. */
function meantElsewhere(event: MouseEvent<HTMLElement>): boolean {
  const inner = (event.target as Element).closest('a, button, input, label');
  const marked = getSelection();
  return (
    event.defaultPrevented ||
    inner !== null ||
    (marked?.type === 'Range' && marked.containsNode(event.currentTarget, true))
  );
}

const numeric = (def: FieldDef) => ['money', 'integer', 'decimal', 'percent'].includes(def.kind);

/** The title takes what the others leave, so where the next column stays has to be measured. */
function useTitleWidth(columns: FieldDef[], scroller: RefObject<HTMLDivElement | null>): number {
  const others = columns.reduce((sum, column) => sum + widthOf(column), 0);
  const [room, setRoom] = useState(0);
  useEffect(() => {
    const box = scroller.current;
    if (!box) return;
    const observer = new ResizeObserver(() => setRoom(box.clientWidth));
    observer.observe(box);
    return () => observer.disconnect();
  }, [scroller]);
  return Math.max(TITLE, room - others);
}

/** Further than that, a press is a drag and not a click. */
const SLACK = 6;
/** A finger that rests this long wants the column, one that moves at once wants to scroll; ms. */
const REST = 350;

type Drag = { from: number; to: number; x: number; on: boolean };

/** Headers by mouse, by finger after a rest, and by Alt with the arrows. */
function useColumnDrag(columns: FieldDef[], onOrder: (names: string[]) => void) {
  const [drag, setDrag] = useState<Drag | null>(null);
  const rest = useRef<ReturnType<typeof setTimeout>>(undefined);
  const names = columns.map((column) => column.name);
  const land = (from: number, to: number) => {
    if (to >= 0 && to <= names.length && to !== from && to !== from + 1) onOrder(moved(names, from, to));
  };
  /** Before which column a pointer is. */
  function under(event: PointerEvent): number {
    const cells = [...(event.currentTarget.parentElement?.children ?? [])].slice(1);
    const at = cells.findIndex((cell) => {
      const box = cell.getBoundingClientRect();
      return event.clientX < box.left + box.width / 2;
    });
    return at < 0 ? names.length : at;
  }
  return (index: number) => ({
    held: drag?.on === true && drag.from === index,
    landing: drag?.on === true && drag.to === index && drag.to !== drag.from && drag.to !== drag.from + 1,
    onPointerDown: (event: PointerEvent<HTMLElement>) => {
      if (event.button !== 0) return;
      const cell = event.currentTarget;
      const { pointerId, clientX } = event;
      const begun = { from: index, to: index, x: clientX, on: false };
      setDrag(begun);
      if (event.pointerType === 'touch')
        rest.current = setTimeout(() => {
          cell.setPointerCapture(pointerId);
          setDrag({ ...begun, on: true });
        }, REST);
    },
    onPointerMove: (event: PointerEvent<HTMLElement>) => {
      if (!drag) return;
      const far = Math.abs(event.clientX - drag.x) > SLACK;
      if (!drag.on && event.pointerType === 'touch') {
        if (far) clearTimeout(rest.current);
        return;
      }
      if (!drag.on && !far) return;
      if (!drag.on) event.currentTarget.setPointerCapture(event.pointerId);
      setDrag({ ...drag, on: true, to: under(event) });
    },
    onPointerUp: () => {
      clearTimeout(rest.current);
      if (drag?.on) land(drag.from, drag.to);
      // The click that ends a drag must still find it, so that it does not sort.
      setTimeout(() => setDrag(null));
    },
    onPointerCancel: () => {
      clearTimeout(rest.current);
      setDrag(null);
    },
    isDragging: drag?.on === true,
    onMove: (by: -1 | 1) => land(index, by < 0 ? index - 1 : index + 2),
  });
}

type HeaderProps = {
  def: FieldDef | undefined;
  label: string;
  sort: Sort | undefined;
  onSort: ((sort: Sort) => void) | undefined;
  className?: string | undefined;
  style?: { left: number };
} & Partial<ReturnType<ReturnType<typeof useColumnDrag>>>;

function Header(props: HeaderProps) {
  const { def, label, sort, onSort, className, style, held, landing, isDragging, onMove, ...pointer } = props;
  const printing = usePrinting();
  const active = def && sort?.field === def.name ? sort.dir : null;
  return (
    <th
      scope="col"
      className={cx(
        className,
        def && numeric(def) && css.number,
        held && css.held,
        landing && css.landing,
        onMove && css.movable,
      )}
      style={style}
      aria-sort={active === 'asc' ? 'ascending' : active === 'desc' ? 'descending' : undefined}
      {...pointer}
      onKeyDown={(event) => {
        const by = event.key === 'ArrowLeft' ? -1 : event.key === 'ArrowRight' ? 1 : 0;
        if (!by || !event.altKey || !onMove) return;
        // Alt with an arrow would otherwise leave the page.
        event.preventDefault();
        onMove(by);
      }}
    >
      {/* Browsers repeat a table's head on each sheet of paper, but not the buttons in it. */}
      {def?.sortable && onSort && !printing ? (
        <button
          type="button"
          className={css.sort}
          aria-keyshortcuts={onMove ? 'Alt+ArrowLeft Alt+ArrowRight' : undefined}
          onClick={() => {
            if (!isDragging) onSort({ field: def.name, dir: active === 'desc' ? 'asc' : 'desc' });
          }}
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
