/** Lines over time. Each has a shape at its points and a kind of dash, so that no two differ by colour alone. */
import css from './chart.module.css';
import { ceiling, colour, softColour, type Tone, textWidth, toneAt, useWidth } from './shape';

export type Line = {
  key: string;
  label: string;
  /** One per label of the axis; null where nothing is known. */
  points: (number | null)[];
  tone?: Tone;
};

type Props = {
  /** Along the axis of time, in order. */
  labels: string[];
  lines: Line[];
  /** How a number of the axis is written. */
  write?: (value: number) => string;
  height?: number;
};

const dashes = [undefined, '6 4', '2 3', '10 3 2 3'];

function Mark({ kind, x, y, tone }: { kind: number; x: number; y: number; tone: Tone }) {
  const style = { fill: 'var(--surface)', stroke: colour(tone), strokeWidth: 2 };
  if (kind % 4 === 1) return <rect x={x - 3.5} y={y - 3.5} width={7} height={7} style={style} />;
  if (kind % 4 === 2) return <path d={`M${x} ${y - 4.5}l4.5 8h-9z`} style={style} />;
  if (kind % 4 === 3) return <path d={`M${x} ${y - 5}l5 5-5 5-5-5z`} style={style} />;
  return <circle cx={x} cy={y} r={3.5} style={style} />;
}

export function Trend({ labels, lines, write = String, height = 190 }: Props) {
  const [ref, width] = useWidth<SVGSVGElement>();
  const top = ceiling(lines.flatMap((line) => line.points.map((point) => point ?? 0)));
  const ticks = [0, top / 2, top];
  const left = Math.max(...ticks.map((tick) => textWidth(write(tick), 12))) + 10;
  const bottom = 24;
  const room = { w: width - left - 10, h: height - bottom - 12 };
  const widest = Math.max(1, ...labels.map((label) => textWidth(label, 12)));
  const edge = Math.min(widest / 2, room.w / 4);
  const xOf = (at: number) =>
    left + edge + (labels.length > 1 ? (at / (labels.length - 1)) * (room.w - 2 * edge) : room.w / 2 - edge);
  const yOf = (value: number) => 12 + room.h - (value / top) * room.h;
  // As many labels as have room side by side, always the first one.
  const every = Math.max(1, Math.ceil((labels.length * (widest + 14)) / room.w));
  return (
    <>
      <svg ref={ref} height={height} aria-hidden="true">
        {ticks.map((tick) => (
          <g key={tick}>
            <path d={`M${left} ${yOf(tick)}H${width}`} className={css.grid} />
            <text x={left - 8} y={yOf(tick) + 4} textAnchor="end" className={css.faint}>
              {write(tick)}
            </text>
          </g>
        ))}
        {labels.map((label, at) =>
          at % every === 0 ? (
            <text key={label} x={xOf(at)} y={height - 5} textAnchor="middle" className={css.faint}>
              {label}
            </text>
          ) : null,
        )}
        {lines.map((line, kind) => {
          const tone = line.tone ?? toneAt(kind);
          const known = line.points
            .map((point, at) => (point === null ? null : { at, x: xOf(at), y: yOf(point), point }))
            .filter((point) => point !== null);
          const path = known
            .map(
              ({ at, x, y }, n) =>
                `${n === 0 || line.points[at - 1] === null ? 'M' : 'L'}${x.toFixed(1)} ${y.toFixed(1)}`,
            )
            .join('');
          const first = known[0];
          const last = known[known.length - 1];
          return (
            <g key={line.key}>
              {lines.length === 1 && first && last && known.length === line.points.length && (
                <path
                  d={`${path}L${last.x} ${yOf(0)}L${first.x} ${yOf(0)}Z`}
                  style={{ fill: softColour(tone) }}
                />
              )}
              <path
                d={path}
                style={{
                  fill: 'none',
                  stroke: colour(tone),
                  strokeWidth: 2,
                  strokeDasharray: dashes[kind % dashes.length],
                  strokeLinejoin: 'round',
                }}
              />
              {known.map(({ at, x, y, point }) => (
                <g key={at}>
                  <title>{`${line.label} ${labels[at]} ${write(point)}`}</title>
                  <Mark kind={kind} x={x} y={y} tone={tone} />
                </g>
              ))}
            </g>
          );
        })}
      </svg>
      {lines.length > 1 && (
        <ul className={css.legend}>
          {lines.map((line, kind) => (
            <li key={line.key}>
              <svg width="26" height="14" aria-hidden="true">
                <path
                  d="M0 7H26"
                  style={{
                    stroke: colour(line.tone ?? toneAt(kind)),
                    strokeWidth: 2,
                    strokeDasharray: dashes[kind % dashes.length],
                  }}
                />
                <Mark kind={kind} x={13} y={7} tone={line.tone ?? toneAt(kind)} />
              </svg>
              {line.label}
            </li>
          ))}
        </ul>
      )}
    </>
  );
}
