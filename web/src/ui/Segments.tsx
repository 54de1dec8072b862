/** A few exclusive choices in one row: radio buttons that look like one control. */
import { useId } from 'react';
import type { ControlProps } from './Field';
import { Icon } from './Icon';
import css from './Segments.module.css';

type Props<K extends string> = {
  label: string;
  options: { key: K; label: string }[];
  value: K | null;
  onChange: (key: K) => void;
  /** Chips wrap onto more lines; a bar shares one. */
  look?: 'bar' | 'chips';
  /** As a field of a form: what its label, its message and who looks for it point at. */
  control?: ControlProps;
  /** Takes the choice back, in the word for that; without it something stays chosen. */
  clear?: { word: string; run: () => void } | undefined;
};

export function Segments<K extends string>({
  label,
  options,
  value,
  onChange,
  look = 'bar',
  control,
  clear,
}: Props<K>) {
  const name = useId();
  return (
    <fieldset
      className={look === 'bar' ? css.bar : css.chips}
      {...(control && { ...control, role: 'radiogroup', tabIndex: -1 })}
    >
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
      {clear && value !== null && (
        <button
          type="button"
          className={css.clear}
          onClick={({ currentTarget }) => {
            // The button goes with the choice; the keyboard stays with the question.
            currentTarget.parentElement?.querySelector('input')?.focus();
            clear.run();
          }}
        >
          <Icon name="close" size={16} />
          {clear.word}
        </button>
      )}
    </fieldset>
  );
}
