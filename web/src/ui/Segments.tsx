/** A few exclusive choices in one row: radio buttons that look like one control. */
import { useId } from 'react';
import css from './Segments.module.css';

type Props<K extends string> = {
  label: string;
  options: { key: K; label: string }[];
  value: K | null;
  onChange: (key: K) => void;
  /** Chips wrap onto more lines; a bar shares one. */
  look?: 'bar' | 'chips';
};

export function Segments<K extends string>({ label, options, value, onChange, look = 'bar' }: Props<K>) {
  const name = useId();
  return (
    <fieldset className={look === 'bar' ? css.bar : css.chips}>
      <legend className="sr">{label}</legend>
      {options.map((option) => (
        <label key={option.key} className={css.option}>
          <input
            type="radio"
            name={name}
            checked={option.key === value}
            onChange={() => onChange(option.key)}
          />
          <span>{option.label}</span>
        </label>
      ))}
    </fieldset>
  );
}
