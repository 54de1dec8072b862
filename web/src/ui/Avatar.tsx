import css from './Avatar.module.css';

/** The first character of a name on paper: calmer than pictures, and nothing to fetch. */
export function Avatar({ name, size = 36 }: { name: string; size?: number }) {
  return (
    <span
      className={css.avatar}
      style={{ width: size, height: size, fontSize: size * 0.42 }}
      aria-hidden="true"
    >
      {[...name][0] ?? '·'}
    </span>
  );
}
