/**
 * How much, of whom, at which hour: a square per person and hour. A square grows as it darkens and says its number
 * where it has room, so that nobody needs to tell two greens apart. On a narrow screen a square covers two hours.
 */
import css from './chart.module.css';
import { cutTo, useWidth } from './shape';

export type HeatRow = { key: string; label: string; hours: readonly number[] };

const LEVELS = 4;
const NIGHT_ENDS = 6;
const NIGHT_BEGINS = 22;

/** 0 for none, then 1 to 4 by a share of the most: few are told apart from some, some from many. */
export function heatLevel(n: number, most: number): number {
  if (n <= 0 || most <= 0) return 0;
  return Math.min(LEVELS, Math.max(1, Math.ceil((n / most) * LEVELS)));
}

/** Hours joined into squares of `span` hours. */
export function heatSquares(hours: readonly number[], span: number): number[] {
  return Array.from({ length: Math.ceil(hours.length / span) }, (_, at) =>
    hours.slice(at * span, (at + 1) * span).reduce((sum, n) => sum + n, 0),
  );
}

type Props = {
  rows: HeatRow[];
  /** `name 9: 4`: what a square says when pointed at. */
  tell: (label: string, hour: string, n: number) => string;
  scale: string;
  night: string;
};

export function HeatMap({ rows, tell, scale, night }: Props) {
  const [ref, width] = useWidth<SVGSVGElement>();
  const span = width >= 620 ? 1 : 2;
  const names = width >= 620 ? 108 : 68;
  const cell = (width - names) / (24 / span);
  const line = Math.max(24, Math.min(cell, 30));
  const top = 20;
  const squares = rows.map((row) => heatSquares(row.hours, span));
  const most = Math.max(0, ...squares.flat());
  const height = top + rows.length * line;
  return (
    <>
      <svg ref={ref} height={height} aria-hidden="true">
        <rect
          x={names}
          y={top}
          width={(cell * NIGHT_ENDS) / span}
          height={height - top}
          className={css.night}
        />
        <rect
          x={names + (cell * NIGHT_BEGINS) / span}
          y={top}
          width={(cell * (24 - NIGHT_BEGINS)) / span}
          height={height - top}
          className={css.night}
        />
        {Array.from({ length: 24 / span }, (_, at) => at * span)
          .filter((hour) => hour % (span === 1 ? 2 : 4) === 0)
          .map((hour) => (
            <text key={hour} x={names + (hour / span) * cell + cell / 2} y={12} textAnchor="middle">
              {hour}
            </text>
          ))}
        {rows.map((row, at) => (
          <g key={row.key}>
            <text x={0} y={top + at * line + line / 2 + 4} className={css.strong}>
              {cutTo(row.label, names - 8, 13)}
            </text>
            {squares[at]?.map((n, column) => {
              const level = heatLevel(n, most);
              if (level === 0) return null;
              // From half of the square to nearly all of it.
              const size = (Math.min(cell, line) - 2) * (0.4 + 0.15 * level);
              const x = names + column * cell + cell / 2;
              const y = top + at * line + line / 2;
              const hour = span === 1 ? String(column) : `${column * span}–${column * span + span}`;
              const roomy = size >= 15 && n < 100;
              return (
                <g key={hour}>
                  <title>{tell(row.label, hour, n)}</title>
                  <rect
                    x={x - size / 2}
                    y={y - size / 2}
                    width={size}
                    height={size}
                    rx={3}
                    className={css.heat}
                    data-level={level}
                  />
                  {roomy && (
                    <text x={x} y={y + 4} textAnchor="middle" className={css.heatNumber} data-level={level}>
                      {n}
                    </text>
                  )}
                </g>
              );
            })}
          </g>
        ))}
      </svg>
      <ul className={css.legend}>
        <li>
          {scale}
          {Array.from({ length: LEVELS }, (_, at) => at + 1).map((level) => (
            <span key={level} className={css.heatScale}>
              <svg width="16" height="16" aria-hidden="true">
                <rect
                  x={8 - (16 * (0.4 + 0.15 * level)) / 2}
                  y={8 - (16 * (0.4 + 0.15 * level)) / 2}
                  width={16 * (0.4 + 0.15 * level)}
                  height={16 * (0.4 + 0.15 * level)}
                  rx={3}
                  className={css.heat}
                  data-level={level}
                />
              </svg>
              ≤{Math.max(1, Math.floor((most * level) / LEVELS))}
            </span>
          ))}
        </li>
        <li>
          <svg width="14" height="14" aria-hidden="true">
            <rect width="14" height="14" rx="3" className={css.night} />
          </svg>
          {night}
        </li>
      </ul>
    </>
  );
}
