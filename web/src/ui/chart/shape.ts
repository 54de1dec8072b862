/** What every chart shares: tones and patterns, a width in real pixels, text that fits. Pure but for the one hook. */
import { type RefObject, useEffect, useRef, useState } from 'react';
import type { Tone } from '../Tag';

export type { Tone };

/** The second sign besides colour, for eyes that do not tell jade from cinnabar. */
export type Pattern = 'solid' | 'stripes' | 'dots' | 'grid';
export const patterns: Pattern[] = ['solid', 'stripes', 'dots', 'grid'];
/** In the order in which a chart takes them for series of its own. */
export const tones: Tone[] = ['jade', 'indigo', 'amber', 'cinnabar', 'grey'];

export const toneAt = (index: number): Tone => tones[index % tones.length] ?? 'jade';
export const patternAt = (index: number): Pattern => patterns[index % patterns.length] ?? 'solid';

/** `var(--jade)`; grey has no strong token of that name. */
export const colour = (tone: Tone): string => (tone === 'grey' ? 'var(--line-strong)' : `var(--${tone})`);
export const softColour = (tone: Tone): string => `var(--${tone}-soft)`;

/**
 * The width of an element in CSS pixels, so that SVG text keeps its size on every screen.
 * Begins with a phone's, so that the first picture is not empty.
 */
export function useWidth<E extends Element>(): [RefObject<E | null>, number] {
  const ref = useRef<E>(null);
  const [width, setWidth] = useState(328);
  useEffect(() => {
    const element = ref.current;
    if (!element) return;
    const observer = new ResizeObserver(([entry]) => {
      if (entry) setWidth(Math.max(120, Math.round(entry.contentRect.width)));
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return [ref, width];
}

/** How wide a text is drawn, in pixels: a Chinese character is a square, a Latin letter about half of one. */
export function textWidth(text: string, size: number): number {
  let width = 0;
  for (const letter of text) width += (letter.codePointAt(0) ?? 0) > 0x2e7f ? size : size * 0.56;
  return width;
}

/** The text, or as much of it as has room, with an ellipsis. The whole of it is in the table and in `<title>`. */
export function cutTo(text: string, width: number, size: number): string {
  if (textWidth(text, size) <= width) return text;
  const letters = [...text];
  while (letters.length > 1 && textWidth(`${letters.join('')}…`, size) > width) letters.pop();
  return `${letters.join('')}…`;
}

/** A round number not below the largest value, for the end of an axis. Never zero. */
export function ceiling(values: number[]): number {
  const max = Math.max(0, ...values);
  if (max <= 4) return 4;
  const step = 10 ** Math.floor(Math.log10(max));
  const factor = [1, 1.2, 1.6, 2, 3, 4, 5, 6, 8, 10].find((candidate) => candidate * step >= max) ?? 10;
  return factor * step;
}
