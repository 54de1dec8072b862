import type { ReactNode } from 'react';
import { cx } from './cx';
import css from './Tag.module.css';

export type Tone = 'grey' | 'jade' | 'cinnabar' | 'amber' | 'indigo';
const tones: Tone[] = ['grey', 'jade', 'cinnabar', 'amber', 'indigo'];
const aliases: Record<string, Tone> = {
  green: 'jade',
  teal: 'jade',
  red: 'cinnabar',
  orange: 'amber',
  yellow: 'amber',
  gold: 'amber',
  blue: 'indigo',
  purple: 'indigo',
  gray: 'grey',
};

/** Whatever a designer called the colour, one of our five. */
export function toneOf(color: string | null | undefined): Tone {
  if (!color) return 'grey';
  return tones.find((tone) => tone === color) ?? aliases[color] ?? 'grey';
}

export function Tag({ tone = 'grey', children }: { tone?: Tone; children: ReactNode }) {
  return <span className={cx(css.tag, css[tone])}>{children}</span>;
}

/** How many: on the bottom bar and the rail. */
export function Count({ n, label }: { n: number; label: string }) {
  if (n <= 0) return null;
  return (
    <span className={css.countBadge}>
      <span aria-hidden="true">{n > 99 ? '99+' : n}</span>
      <span className="sr">{label}</span>
    </span>
  );
}
