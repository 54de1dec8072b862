/** Label on top, control, then help or error. Ties the three together for readers. */
import type { ReactNode } from 'react';
import css from './Field.module.css';
import { Icon } from './Icon';

export type ControlProps = {
  id: string;
  'aria-invalid'?: true;
  'aria-describedby'?: string;
  'aria-required'?: true;
};

type Props = {
  id: string;
  label: ReactNode;
  required?: boolean;
  requiredWord?: string;
  help?: ReactNode;
  error?: string | null;
  aside?: ReactNode;
  children: (control: ControlProps) => ReactNode;
};

export function Field({ id, label, required, requiredWord, help, error, aside, children }: Props) {
  const note = error ? `${id}-error` : help ? `${id}-help` : undefined;
  const control: ControlProps = { id };
  if (error) control['aria-invalid'] = true;
  if (note) control['aria-describedby'] = note;
  if (required) control['aria-required'] = true;
  return (
    <div className={css.field}>
      <div className={css.top}>
        <label htmlFor={id} className={css.label}>
          {label}
          {required && <span className={css.required}>{requiredWord}</span>}
        </label>
        {aside}
      </div>
      {children(control)}
      {error ? (
        <p className={css.error} id={`${id}-error`} role="alert">
          <Icon name="alert" size={16} />
          {error}
        </p>
      ) : (
        help && (
          <p className={css.help} id={`${id}-help`}>
            {help}
          </p>
        )
      )}
    </div>
  );
}
