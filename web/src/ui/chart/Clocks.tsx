/**
 * Clocks side by side: how much of each time is used, and whether it is over. The longest overdue stands first; what is
 * late is striped as well as red.
 */
import { useId } from 'react';
import css from './chart.module.css';
import { Fills, fill } from './Fills';
import { cutTo, type Tone, useWidth } from './shape';

export type Clock = {
  key: string;
  label: string;
  /** How the time left is written. */
  text: string;
  /** 0 to 1. */
  used: number;
  tone: Tone;
  late: boolean;
};

const LINE = 46;

export function Clocks({ clocks }: { clocks: Clock[] }) {
  const [ref, width] = useWidth<SVGSVGElement>();
  const scope = useId();
  return (
    <svg ref={ref} height={clocks.length * LINE} aria-hidden="true">
      <Fills scope={scope} />
      {clocks.map((clock, at) => {
        const y = at * LINE;
        const length = Math.max(4, clock.used * width);
        return (
          <g key={clock.key}>
            <title>{`${clock.label} ${clock.text}`}</title>
            <text x={0} y={y + 16} className={css.strong}>
              {cutTo(clock.label, width - 130, 13)}
            </text>
            <text x={width} y={y + 16} textAnchor="end">
              {clock.text}
            </text>
            <rect x={0} y={y + 24} width={width} height={10} rx={5} className={css.track} />
            <rect
              x={0}
              y={y + 24}
              width={length}
              height={10}
              rx={5}
              style={{ fill: fill(scope, clock.tone, clock.late ? 'stripes' : 'solid') }}
            />
          </g>
        );
      })}
    </svg>
  );
}
