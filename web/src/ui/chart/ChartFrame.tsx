/**
 * What every chart hangs in: a title, the picture, one sentence that says what it shows, and the same numbers as a
 * table one tap away. To a reader the picture is one image with that sentence; the table is where numbers are read.
 */
import { type ReactNode, useId, useState } from 'react';
import { Button } from '../Button';
import { cx } from '../cx';
import css from './chart.module.css';

export type ChartColumn = { key: string; label: string; end?: boolean };
export type ChartRow = { key: string; cells: ReactNode[] };

/** `chartWords()` of `i18n` in the caller's language. */
export type ChartWords = { asTable: string; asPicture: string; empty: string };

type Props = {
  title: string;
  /** What the picture says, in a sentence or two: its text alternative. */
  summary: string;
  words: ChartWords;
  /** A remark below the title: of which time, of whom. */
  note?: ReactNode;
  columns: ChartColumn[];
  rows: ChartRow[];
  /** Shown instead of picture and table when there is nothing to draw. */
  empty?: ReactNode;
  /** Beside the switch: a period, a filter. */
  actions?: ReactNode;
  /** The picture, an `<svg>` and its legend. */
  children: ReactNode;
};

export function ChartFrame({ title, summary, words, note, columns, rows, empty, actions, children }: Props) {
  const [table, setTable] = useState(false);
  const id = useId();
  const bare = rows.length === 0;
  const view = table ? words.asPicture : words.asTable;
  return (
    <section className={css.frame} aria-labelledby={id}>
      <header className={css.head}>
        <h2 id={id}>{title}</h2>
        <div className={css.tools}>
          {actions}
          {!bare && (
            <Button
              look="quiet"
              small
              icon={table ? 'opportunity' : 'columns'}
              aria-labelledby={`${id}s ${id}`}
              onClick={() => setTable(!table)}
            >
              <span id={`${id}s`}>{view}</span>
            </Button>
          )}
        </div>
        {note && <p className={css.note}>{note}</p>}
      </header>
      {bare ? (
        <p className={css.empty}>{empty ?? words.empty}</p>
      ) : table ? (
        // A wide table scrolls inside its frame, and by keyboard too.
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region needs the focus to be scrolled by keys
        <div className={css.scroll} tabIndex={0}>
          <table className={css.table}>
            <caption className="sr">{summary}</caption>
            <thead>
              <tr>
                {columns.map((column) => (
                  <th key={column.key} scope="col" className={cx(column.end && css.end)}>
                    {column.label}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rows.map((row) => (
                <tr key={row.key}>
                  {row.cells.map((cell, at) => {
                    const column = columns[at];
                    const key = column?.key ?? at;
                    return at === 0 ? (
                      <th key={key} scope="row">
                        {cell}
                      </th>
                    ) : (
                      <td key={key} className={cx(column?.end && css.end)}>
                        {cell}
                      </td>
                    );
                  })}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      ) : (
        <div className={css.picture} role="img" aria-label={summary}>
          {children}
        </div>
      )}
    </section>
  );
}
