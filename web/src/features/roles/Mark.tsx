/** How far a grant reaches, as a shape: full, most, half, a dot, a ring … The colour only repeats what the shape says. */
import { cx } from '@/ui/cx';
import css from './roles.module.css';
import type { Shape } from './scopes';

export function Mark({ shape }: { shape: Shape }) {
  return (
    <svg className={cx(css.mark, css[shape])} viewBox="0 0 16 16" width="14" height="14" aria-hidden="true">
      {shape === 'all' && <circle cx="8" cy="8" r="7" />}
      {shape === 'tree' && <path d="M8 1a7 7 0 1 1-7 7h7z M1.5 6.2A7 7 0 0 1 6.2 1.5v4.7z" />}
      {shape === 'department' && (
        <>
          <circle cx="8" cy="8" r="6.25" className={css.line} />
          <path d="M8 1.75a6.25 6.25 0 0 1 0 12.5z" />
        </>
      )}
      {shape === 'own' && (
        <>
          <circle cx="8" cy="8" r="6.25" className={css.line} />
          <circle cx="8" cy="8" r="2.75" />
        </>
      )}
      {shape === 'shared' && <path className={css.line} d="M8 1.5L14.5 8 8 14.5 1.5 8z" />}
      {shape === 'pool' && (
        <path
          className={css.line}
          d="M1 6c2.3-2.6 4.7 2.6 7 0s4.7 2.6 7 0M1 11c2.3-2.6 4.7 2.6 7 0s4.7 2.6 7 0"
        />
      )}
      {shape === 'through' && <path className={css.line} d="M2.5 2v7.5h9M8.5 6l3.5 3.5L8.5 13" />}
    </svg>
  );
}
