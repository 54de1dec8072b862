/**
 * Horizontal bars, one line each: how much, of whom. A bar may be made of parts, each with a colour and a pattern.
 * On a narrow screen the name stands above its bar, so that neither is cut short.
 */
import { useId } from 'react';
import css from './chart.module.css';
import { Fills, fill, Legend, type LegendItem } from './Fills';
import { cutTo, type Pattern, type Tone, textWidth, useWidth } from './shape';

export type BarPart = { key: string; value: number; tone: Tone; pattern: Pattern };
export type Bar = {
  key: string;
  label: string;
  /** How the amount is written. */
  text: string;
  value: number;
  tone?: Tone;
  pattern?: Pattern;
  /** Their values together are the bar; `value` is then only what it is measured by. */
  parts?: BarPart[];
};

export function Bars({ bars, legend, max }: { bars: Bar[]; legend?: LegendItem[]; max?: number }) {
  const [ref, width] = useWidth<SVGSVGElement>();
  const scope = useId();
  const wide = width >= 460;
  const top = Math.max(max ?? 0, ...bars.map((bar) => bar.value), 1);
  const line = wide ? 34 : 46;
  const names = wide ? Math.min(190, width * 0.3) : 0;
  const sums = wide ? Math.max(92, ...bars.map((bar) => textWidth(bar.text, 13) + 16)) : 0;
  const room = width - names - sums;
  return (
    <>
      <svg ref={ref} height={bars.length * line} aria-hidden="true">
        <Fills scope={scope} />
        {bars.map((bar, at) => {
          const y = at * line + (wide ? 9 : 25);
          const parts = bar.parts ?? [
            { key: bar.key, value: bar.value, tone: bar.tone ?? 'jade', pattern: bar.pattern ?? 'solid' },
          ];
          let x = names;
          return (
            <g key={bar.key}>
              <title>{`${bar.label} ${bar.text}`}</title>
              <text x={0} y={wide ? y + 13 : y - 8} className={css.strong}>
                {cutTo(bar.label, wide ? names - 12 : width - 110, 13)}
              </text>
              <text x={width} y={wide ? y + 13 : y - 8} textAnchor="end">
                {bar.text}
              </text>
              <rect x={names} y={y} width={room} height={wide ? 18 : 14} rx={4} className={css.track} />
              {parts.map((part) => {
                const length = part.value > 0 ? Math.max(3, (part.value / top) * room) : 0;
                const from = x;
                x += length;
                return (
                  <rect
                    key={part.key}
                    x={from}
                    y={y}
                    width={Math.max(0, length - (parts.length > 1 ? 1 : 0))}
                    height={wide ? 18 : 14}
                    rx={parts.length > 1 ? 2 : 4}
                    style={{ fill: fill(scope, part.tone, part.pattern) }}
                  />
                );
              })}
            </g>
          );
        })}
      </svg>
      {legend && <Legend scope={scope} items={legend} className={css.legend} />}
    </>
  );
}
