/**
 * Who did how much on which day: a row a person, a cell a day. The number stands in the cell where it has room; the
 * size of the square says the same to eyes that do not tell shades apart.
 */
import css from './chart.module.css';
import { cutTo, textWidth, useWidth } from './shape';

export type GridRow = { key: string; label: string; values: number[]; total: number };

const LINE = 30;

export function DayGrid({ labels, rows }: { labels: string[]; rows: GridRow[] }) {
  const [ref, width] = useWidth<SVGSVGElement>();
  const names = Math.min(150, Math.max(72, width * 0.24));
  const sums = 40;
  const each = (width - names - sums) / Math.max(1, labels.length);
  const top = Math.max(1, ...rows.flatMap((row) => row.values));
  const widest = Math.max(1, ...labels.map((label) => textWidth(label, 12))) + 6;
  const every = Math.max(1, Math.ceil(widest / each));
  const box = Math.min(26, each - 2);
  return (
    <svg ref={ref} height={rows.length * LINE + 24} aria-hidden="true">
      {labels.map((label, at) =>
        at % every === (labels.length - 1) % every ? (
          <text key={label} x={names + at * each + each / 2} y={13} textAnchor="middle" className={css.faint}>
            {label}
          </text>
        ) : null,
      )}
      {rows.map((row, at) => {
        const y = 24 + at * LINE;
        return (
          <g key={row.key}>
            <text x={0} y={y + LINE / 2 + 4} className={css.strong}>
              {cutTo(row.label, names - 10, 13)}
            </text>
            {row.values.map((value, day) => {
              const share = value / top;
              const side = value > 0 ? box * (0.6 + 0.4 * Math.sqrt(share)) : Math.min(4, box);
              const x = names + day * each + each / 2;
              const numbered = value > 0 && side >= 15;
              return (
                <g key={labels[day] ?? day}>
                  <title>{`${row.label} ${labels[day] ?? ''} ${value}`}</title>
                  <rect
                    x={x - side / 2}
                    y={y + LINE / 2 - side / 2}
                    width={side}
                    height={side}
                    rx={value > 0 ? 4 : 2}
                    className={value > 0 ? css.cell : css.track}
                    style={value > 0 ? { fillOpacity: 0.4 + 0.6 * share } : undefined}
                  />
                  {numbered && (
                    <text
                      x={x}
                      y={y + LINE / 2 + 4}
                      textAnchor="middle"
                      className={share > 0.55 ? css.onCell : css.inCell}
                    >
                      {value}
                    </text>
                  )}
                </g>
              );
            })}
            <text x={width} y={y + LINE / 2 + 4} textAnchor="end" className={css.strong}>
              {row.total}
            </text>
          </g>
        );
      })}
    </svg>
  );
}
