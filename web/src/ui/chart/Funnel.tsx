/** Stages one under another, each as wide as what is in it, with the way from one to the next drawn between them. */
import { useId } from 'react';
import css from './chart.module.css';
import { Fills, fill } from './Fills';
import { cutTo, type Pattern, softColour, type Tone, useWidth } from './shape';

export type Step = {
  key: string;
  label: string;
  value: number;
  /** How the amount is written, beside the name. */
  text: string;
  /** A second amount, fainter. */
  note?: string;
  tone?: Tone;
  pattern?: Pattern;
};

export function Funnel({ steps }: { steps: Step[] }) {
  const [ref, width] = useWidth<SVGSVGElement>();
  const scope = useId();
  const wide = width >= 460;
  const top = Math.max(...steps.map((step) => step.value), 1);
  const block = 28;
  const line = wide ? 42 : 62;
  const names = wide ? Math.min(150, width * 0.26) : 0;
  const sums = wide ? Math.min(170, width * 0.3) : 0;
  const room = width - names - sums;
  const middle = names + room / 2;
  const half = (value: number) => Math.max(value > 0 ? 3 : 1, ((value / top) * room) / 2);
  const yOf = (at: number) => at * line + (wide ? 2 : 22);
  return (
    <svg ref={ref} height={steps.length * line} aria-hidden="true">
      <Fills scope={scope} />
      {steps.map((step, at) => {
        const y = yOf(at);
        const next = steps[at + 1];
        const tone = step.tone ?? 'jade';
        const w = half(step.value);
        return (
          <g key={step.key}>
            <title>{`${step.label} ${step.text} ${step.note ?? ''}`}</title>
            {next && wide && (
              <path
                d={`M${middle - w} ${y + block}H${middle + w}L${middle + half(next.value)} ${yOf(at + 1)}H${middle - half(next.value)}Z`}
                style={{ fill: softColour(tone) }}
              />
            )}
            <rect
              x={middle - w}
              y={y}
              width={2 * w}
              height={block}
              rx={4}
              style={{ fill: fill(scope, tone, step.pattern ?? 'solid') }}
            />
            <text x={0} y={wide ? y + 19 : y - 7} className={css.strong}>
              {cutTo(step.label, wide ? names - 10 : width * 0.4, 13)}
            </text>
            <text x={width} y={wide ? y + 19 : y - 7} textAnchor="end">
              {step.text}
              {step.note && (
                <tspan dx="8" className={css.faint}>
                  {step.note}
                </tspan>
              )}
            </text>
          </g>
        );
      })}
    </svg>
  );
}
