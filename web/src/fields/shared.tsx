/** Pieces that several kinds are made of. */
import type { ComponentProps, HTMLInputTypeAttribute } from 'react';
import { useState } from 'react';
import { say, t } from '@/i18n';
import { date, endOfDay, fromWall } from '@/i18n/format';
import { Input, Select } from '@/ui/Input';
import { Segments } from '@/ui/Segments';
import css from './fields.module.css';
import { asText, type CellProps, type FilterProps, type InputProps } from './kind';

type Typed = {
  type?: HTMLInputTypeAttribute;
  inputMode?: 'text' | 'tel' | 'email' | 'numeric' | 'decimal' | 'url';
  autoComplete?: string;
};

/** A one-line text input, with the phone keyboard that fits the kind. */
export function textInput(typed: Typed = {}) {
  return function TextInput({ control, def, value, onChange, onBlur, placeholder, autoFocus }: InputProps) {
    return (
      <Input
        {...control}
        {...typed}
        value={asText(value)}
        maxLength={def.max_length ?? undefined}
        placeholder={placeholder}
        autoFocus={autoFocus}
        autoCapitalize="off"
        spellCheck={false}
        onChange={(event) => onChange(event.target.value)}
        onBlur={onBlur}
      />
    );
  };
}

export function TextCell({ value }: CellProps) {
  return <span className={css.text}>{asText(value)}</span>;
}

export function TextFilter({ id, def, value, onChange }: FilterProps) {
  return (
    <Input
      id={id}
      aria-label={say(def.label)}
      value={asText(value)}
      onChange={(e) => onChange(e.target.value)}
    />
  );
}

/** A number that is kept as typed until it parses, so that "-" and "1." can be on their way. */
export function numberInput(
  parse: (typed: string) => unknown,
  show: (value: unknown) => string,
  unit?: string,
) {
  return function NumberInput({ control, value, onChange, onBlur, placeholder, autoFocus }: InputProps) {
    const [typed, setTyped] = useState(() => show(value));
    return (
      <span className={css.unit} data-unit={unit}>
        <Input
          {...control}
          inputMode="decimal"
          value={typed}
          placeholder={placeholder}
          autoFocus={autoFocus}
          onChange={(event) => {
            setTyped(event.target.value);
            const parsed = event.target.value.trim() === '' ? '' : parse(event.target.value);
            // What cannot be read goes as typed: the server's message is better than a silent drop.
            onChange(parsed ?? event.target.value);
          }}
          onBlur={onBlur}
        />
      </span>
    );
  };
}

export function numberFilter(parse: (typed: string) => unknown, show: (value: unknown) => string) {
  return function NumberFilter({ id, def, op, value, onChange }: FilterProps) {
    const pair = Array.isArray(value) ? value : [value, undefined];
    const [from, setFrom] = useState(() => show(pair[0]));
    const [to, setTo] = useState(() => show(pair[1]));
    const label = say(def.label);
    if (op !== 'between') {
      return (
        <Input
          id={id}
          aria-label={label}
          inputMode="decimal"
          value={from}
          onChange={(event) => {
            setFrom(event.target.value);
            onChange(parse(event.target.value) ?? undefined);
          }}
        />
      );
    }
    return (
      <span className={css.pair}>
        <Input
          id={id}
          aria-label={t('filter.from')}
          inputMode="decimal"
          value={from}
          onChange={(event) => {
            setFrom(event.target.value);
            onChange([parse(event.target.value), parse(to)]);
          }}
        />
        <Input
          aria-label={t('filter.to')}
          inputMode="decimal"
          value={to}
          onChange={(event) => {
            setTo(event.target.value);
            onChange([parse(from), parse(event.target.value)]);
          }}
        />
      </span>
    );
  };
}

/** Several of the options; `in` and `not_in` want a list, `eq` one. */
export function OptionsFilter({ id, def, op, value, onChange }: FilterProps) {
  const options = def.options ?? [];
  if (op === 'eq' || op === 'ne') {
    return (
      <Select
        id={id}
        aria-label={say(def.label)}
        value={asText(value)}
        onChange={(e) => onChange(e.target.value)}
      >
        <option value="">{t('field.choose')}</option>
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {say(option.label)}
          </option>
        ))}
      </Select>
    );
  }
  const chosen = Array.isArray(value) ? value : [];
  return (
    <fieldset id={id} tabIndex={-1} className={css.checks}>
      <legend className="sr">{say(def.label)}</legend>
      {options.map((option) => (
        <label key={option.value} className={css.check}>
          <input
            type="checkbox"
            checked={chosen.includes(option.value)}
            onChange={(event) =>
              onChange(
                event.target.checked
                  ? [...chosen, option.value]
                  : chosen.filter((item) => item !== option.value),
              )
            }
          />
          <span>{say(option.label)}</span>
        </label>
      ))}
    </fieldset>
  );
}

/** Dates: a day, two days, or a number of days, depending on the operator. */
export function dayFilter(wire: 'date' | 'datetime') {
  const out = (day: string, end: boolean) =>
    wire === 'date' || !day ? day : end ? endOfDay(day) : fromWall(`${day}T00:00`);
  const back = (value: unknown) => (wire === 'date' || !asText(value) ? asText(value) : date(asText(value)));
  return function DayFilter({ id, def, op, value, onChange }: FilterProps) {
    const label = say(def.label);
    if (op === 'last_days' || op === 'next_days') {
      return (
        <span className={css.unit} data-unit={t('filter.days')}>
          <Input
            id={id}
            aria-label={`${label} ${t('filter.days')}`}
            inputMode="numeric"
            value={asText(value)}
            onChange={(event) => onChange(Number.parseInt(event.target.value, 10) || undefined)}
          />
        </span>
      );
    }
    if (op === 'between') {
      const [from, to] = Array.isArray(value) ? value : [undefined, undefined];
      return (
        <span className={css.pair}>
          <Input
            id={id}
            type="date"
            aria-label={t('filter.from')}
            value={back(from)}
            onChange={(event) => onChange([out(event.target.value, false), to])}
          />
          <Input
            type="date"
            aria-label={t('filter.to')}
            value={back(to)}
            onChange={(event) => onChange([from, out(event.target.value, true)])}
          />
        </span>
      );
    }
    return (
      <Input
        id={id}
        type="date"
        aria-label={label}
        value={back(value)}
        onChange={(event) => onChange(out(event.target.value, op === 'gt' || op === 'le'))}
      />
    );
  };
}

type YesNoProps = Pick<ComponentProps<typeof Segments>, 'label' | 'control' | 'clear'> & {
  value: unknown;
  onChange: (value: boolean) => void;
};

export function YesNo({ value, onChange, ...rest }: YesNoProps) {
  return (
    <Segments
      {...rest}
      options={[
        { key: 'true', label: t('yes') },
        { key: 'false', label: t('no') },
      ]}
      value={value === true ? 'true' : value === false ? 'false' : null}
      onChange={(key) => onChange(key === 'true')}
    />
  );
}
