/** Pick one of many: a sheet with a search box and plain buttons. Works the same by thumb, mouse and keyboard. */
import type { KeyboardEvent, ReactNode } from 'react';
import { Icon } from './Icon';
import { Input } from './Input';
import css from './Picker.module.css';
import { Sheet } from './Sheet';

export type Choice = { id: string; title: string; hint?: string | undefined; end?: ReactNode };
type Words = { close: string; search: string; empty: string; loading: string };

type Props = {
  title: string;
  words: Words;
  q: string;
  onQ: (q: string) => void;
  items: Choice[] | undefined;
  /** The items still belong to what was typed before. */
  late?: boolean;
  /** In place of the items, when they could not be had: why, and how to try again. */
  failed?: ReactNode;
  chosen?: string | undefined;
  onPick: (item: Choice) => void;
  onClose: () => void;
};

export function Picker({ title, words, q, onQ, items, late, failed, chosen, onPick, onClose }: Props) {
  function press(event: KeyboardEvent<HTMLInputElement>) {
    // While somebody composes pinyin, Enter belongs to the input method.
    if (event.key !== 'Enter' || event.nativeEvent.isComposing) return;
    // The form that this picker is part of is not meant.
    event.preventDefault();
    const only = !late && !failed && items?.length === 1 ? items[0] : undefined;
    if (only) onPick(only);
    else event.currentTarget.blur();
  }
  return (
    <Sheet title={title} closeWord={words.close} onClose={onClose}>
      <Input
        type="search"
        value={q}
        onChange={(event) => onQ(event.target.value)}
        onKeyDown={press}
        placeholder={words.search}
        aria-label={words.search}
        data-first=""
      />
      <ul className={css.list}>
        {failed && <li>{failed}</li>}
        {!failed && items === undefined && <li className={css.note}>{words.loading}</li>}
        {items?.length === 0 && <li className={css.note}>{words.empty}</li>}
        {items?.map((item) => (
          <li key={item.id}>
            <button
              type="button"
              className={css.item}
              aria-pressed={item.id === chosen}
              onClick={() => onPick(item)}
            >
              <span className={css.words}>
                <span>{item.title}</span>
                {item.hint && <span className={css.hint}>{item.hint}</span>}
              </span>
              {item.end}
              {item.id === chosen && <Icon name="check" size={18} />}
            </button>
          </li>
        ))}
      </ul>
    </Sheet>
  );
}

/** The closed picker: looks like the other inputs, says what is chosen. */
export function PickerButton({
  text,
  placeholder,
  onClick,
  onClear,
  clearWord,
  // A button has no such state; the label above it says the word.
  'aria-required': _required,
  ...control
}: {
  text: string | null;
  placeholder: string;
  onClick: () => void;
  onClear?: (() => void) | undefined;
  clearWord: string;
  id: string;
  'aria-describedby'?: string;
  'aria-required'?: true;
}) {
  return (
    <span className={css.closed}>
      <button {...control} type="button" aria-haspopup="dialog" className={css.field} onClick={onClick}>
        <span className={text ? undefined : css.placeholder}>{text ?? placeholder}</span>
        <Icon name="down" size={16} />
      </button>
      {text && onClear && (
        <button type="button" className={css.clear} aria-label={clearWord} onClick={onClear}>
          <Icon name="close" size={16} />
        </button>
      )}
    </span>
  );
}
