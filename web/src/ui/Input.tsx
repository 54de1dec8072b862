import type { InputHTMLAttributes, ReactNode, SelectHTMLAttributes, TextareaHTMLAttributes } from 'react';
import { Icon } from './Icon';
import css from './Input.module.css';

export function Input(props: Omit<InputHTMLAttributes<HTMLInputElement>, 'className'>) {
  return <input autoComplete="off" {...props} className={css.input} />;
}

export function TextArea(props: Omit<TextareaHTMLAttributes<HTMLTextAreaElement>, 'className'>) {
  return <textarea {...props} className={css.input} />;
}

/** The phone's own picker: nothing we could draw is better under a thumb. */
export function Select(props: Omit<SelectHTMLAttributes<HTMLSelectElement>, 'className'>) {
  return (
    <span className={css.select}>
      <select {...props} className={css.input} />
      <Icon name="down" size={16} />
    </span>
  );
}

export function Tick({
  children,
  ...props
}: Omit<InputHTMLAttributes<HTMLInputElement>, 'className' | 'type'> & { children: ReactNode }) {
  return (
    <label className={css.tick}>
      <input {...props} type="checkbox" />
      <span>{children}</span>
    </label>
  );
}
