import type { ButtonHTMLAttributes, ReactNode } from 'react';
import css from './Button.module.css';
import { cx } from './cx';
import { Icon, type IconName } from './Icon';

type Look = 'primary' | 'plain' | 'quiet' | 'danger' | 'link';
type Props = Omit<ButtonHTMLAttributes<HTMLButtonElement>, 'className'> & {
  look?: Look;
  icon?: IconName;
  small?: boolean;
  wide?: boolean;
  busy?: boolean;
  children?: ReactNode;
};

export function Button({
  look = 'plain',
  icon,
  small,
  wide,
  busy,
  children,
  disabled,
  type = 'button',
  ...rest
}: Props) {
  return (
    <button
      {...rest}
      type={type}
      disabled={disabled || busy}
      aria-busy={busy || undefined}
      className={cx(css.button, css[look], small && css.small, wide && css.wide)}
    >
      {busy ? <span className={css.spin} /> : icon && <Icon name={icon} size={18} />}
      {children}
    </button>
  );
}

/** An icon alone: the label is required because nothing else says what it does. */
export function IconButton({
  icon,
  label,
  small,
  ...rest
}: Omit<ButtonHTMLAttributes<HTMLButtonElement>, 'className' | 'children'> & {
  icon: IconName;
  label: string;
  small?: boolean;
}) {
  return (
    <button
      {...rest}
      type="button"
      aria-label={label}
      title={label}
      className={cx(css.icon, small && css.small)}
    >
      <Icon name={icon} size={small ? 18 : 20} />
    </button>
  );
}
