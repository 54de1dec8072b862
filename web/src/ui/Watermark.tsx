/**
 * The diagonal mark over every page with personal data.
 *
 * Inline SVG rather than a background: browsers drop backgrounds in print, and a vector stays sharp when
 * somebody zooms to read past it. Attributes only, so the strict CSP has nothing to refuse.
 */
import { useId } from 'react';
import css from './Watermark.module.css';

type Props = {
  text: string;
  /** Over the surface that it is in, not over the page. */
  inset?: boolean;
  /** Over a picture: seen on light and dark alike. */
  onPicture?: boolean;
};

export function Watermark({ text, inset, onPicture }: Props) {
  const id = `mark${useId().replace(/[^\w-]/g, '')}`;
  const width = 60 + [...text].reduce((sum, c) => sum + (c.charCodeAt(0) > 0x2e80 ? 14 : 8), 0);
  return (
    <svg
      className={onPicture ? css.onPicture : inset ? css.inset : css.mark}
      aria-hidden="true"
      focusable="false"
      data-watermark={text}
    >
      <defs>
        <pattern
          id={id}
          width={width}
          height="120"
          patternUnits="userSpaceOnUse"
          patternTransform="rotate(-24)"
        >
          <text x="0" y="40">
            {text}
          </text>
          <text x={width / 2} y="100">
            {text}
          </text>
          <text x={-width / 2} y="100">
            {text}
          </text>
        </pattern>
      </defs>
      <rect width="100%" height="100%" fill={`url(#${id})`} />
    </svg>
  );
}
