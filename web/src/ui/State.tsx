/** Empty, failed, forbidden and loading: each says why and what next. */
import type { ReactNode } from 'react';
import { Icon, type IconName } from './Icon';
import css from './State.module.css';

type Props = { icon: IconName; title: string; why?: ReactNode; action?: ReactNode; small?: boolean };

export function State({ icon, title, why, action, small }: Props) {
  return (
    <div className={small ? css.small : css.state}>
      <span className={css.badge}>
        <Icon name={icon} size={small ? 20 : 28} />
      </span>
      <h2 className={css.title}>{title}</h2>
      {why && <p className={css.why}>{why}</p>}
      {action}
    </div>
  );
}

export function Skeleton({ rows = 6, label }: { rows?: number; label: string }) {
  return (
    <div role="status" className={css.skeleton}>
      <span className="sr">{label}</span>
      {Array.from({ length: rows }, (_, row) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: rows without identity
        <span key={row} className={css.bone} aria-hidden="true">
          <i />
          <i />
        </span>
      ))}
    </div>
  );
}
