/** The patterns of a picture, defined once in its `<defs>`; `fill` names one. */
import { colour, type Pattern, patterns, type Tone, tones } from './shape';

const id = (scope: string, tone: Tone, pattern: Pattern) => `${scope}-${tone}-${pattern}`;

/** What `fill=` of a shape is. `scope` is the same `useId` that `Fills` was given. */
export function fill(scope: string, tone: Tone, pattern: Pattern): string {
  return pattern === 'solid' ? colour(tone) : `url(#${id(scope, tone, pattern)})`;
}

export function Fills({ scope }: { scope: string }) {
  return (
    <defs>
      {tones.flatMap((tone) =>
        patterns
          .filter((pattern) => pattern !== 'solid')
          .map((pattern) => (
            <pattern
              key={id(scope, tone, pattern)}
              id={id(scope, tone, pattern)}
              width="6"
              height="6"
              patternUnits="userSpaceOnUse"
              patternTransform={pattern === 'stripes' ? 'rotate(45)' : undefined}
            >
              <rect width="6" height="6" style={{ fill: `var(--${tone}-soft)` }} />
              {pattern === 'dots' && <circle cx="3" cy="3" r="1.7" style={{ fill: colour(tone) }} />}
              {pattern === 'stripes' && <rect width="3" height="6" style={{ fill: colour(tone) }} />}
              {pattern === 'grid' && (
                <path d="M0 0H6M0 0V6" style={{ stroke: colour(tone), strokeWidth: 2.4, fill: 'none' }} />
              )}
            </pattern>
          )),
      )}
    </defs>
  );
}

export type LegendItem = { key: string; label: string; tone: Tone; pattern: Pattern };

/** The names of series, each with a swatch in its own colour and pattern. */
export function Legend({
  scope,
  items,
  className,
}: {
  scope: string;
  items: LegendItem[];
  className?: string | undefined;
}) {
  return (
    <ul className={className}>
      {items.map((item) => (
        <li key={item.key}>
          <svg width="14" height="14" aria-hidden="true">
            <rect width="14" height="14" rx="3" style={{ fill: fill(scope, item.tone, item.pattern) }} />
          </svg>
          {item.label}
        </li>
      ))}
    </ul>
  );
}
