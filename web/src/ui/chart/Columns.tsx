/** Columns side by side, one a day: how many when. */
import { useId } from 'react';
import css from './chart.module.css';
import { Fills, fill } from './Fills';
import { ceiling, type Pattern, type Tone, textWidth, useWidth } from './shape';

export type Column = {
  key: string;
  label: string;
  value: number;
  tone?: Tone;
  pattern?: Pattern;
};

export function Columns({ columns, height = 170 }: { columns: Column[]; height?: number }) {
  const [ref, width] = useWidth<SVGSVGElement>();
  const scope = useId();
  const top = ceiling(columns.map((column) => column.value));
  const room = height - 24 - 20;
  const each = width / Math.max(1, columns.length);
  const widest = Math.max(1, ...columns.map((column) => textWidth(column.label, 12))) + 6;
  const every = Math.max(1, Math.ceil(widest / each));
  const signs = labels(columns, width, every);
  // Where numbers would touch, only the largest stands there; the others are in the table and in `<title>`.
  const most = Math.max(0, ...columns.map((column) => column.value));
  const said = (value: number) => value > 0 && (value === most || textWidth(String(most), 13) + 4 <= each);
  return (
    <svg ref={ref} height={height} aria-hidden="true">
      <Fills scope={scope} />
      <path d={`M0 ${height - 23.5}H${width}`} className={css.grid} />
      {columns.map((column, at) => {
        const tall = column.value > 0 ? Math.max(3, (column.value / top) * room) : 0;
        const middle = at * each + each / 2;
        return (
          <g key={column.key}>
            <title>{`${column.label} ${column.value}`}</title>
            <rect
              x={middle - Math.min(16, each * 0.36)}
              y={height - 24 - tall}
              width={Math.min(32, each * 0.72)}
              height={tall}
              rx={3}
              style={{ fill: fill(scope, column.tone ?? 'jade', column.pattern ?? 'solid') }}
            />
            {said(column.value) && (
              <text x={middle} y={height - 30 - tall} textAnchor="middle">
                {column.value}
              </text>
            )}
            {signs.has(at) && (
              <text x={signs.get(at)} y={height - 6} textAnchor="middle" className={css.faint}>
                {column.label}
              </text>
            )}
          </g>
        );
      })}
    </svg>
  );
}

/** Where labels stand, by their column: within the picture, and none that would touch the one before it. */
export function labels(columns: Column[], width: number, every: number): Map<number, number> {
  const placed = new Map<number, number>();
  const each = width / Math.max(1, columns.length);
  let free = 0;
  columns.forEach((column, at) => {
    if (at % every !== 0) return;
    const half = textWidth(column.label, 12) / 2;
    const x = Math.min(Math.max(at * each + each / 2, half), width - half);
    if (x - half < free) return;
    placed.set(at, x);
    free = x + half + 8;
  });
  return placed;
}
