/** Days one by one: picked with the date input, shown as chips that go with one tap. */
import { useState } from 'react';
import { t } from '@/i18n';
import { Button } from '@/ui/Button';
import { cx } from '@/ui/cx';
import { Field } from '@/ui/Field';
import { Icon } from '@/ui/Icon';
import { Input } from '@/ui/Input';
import css from './company.module.css';

export function DayList({
  id,
  label,
  help,
  days,
  wrong,
  error,
  disabled,
  onChange,
}: {
  id: string;
  label: string;
  help: string;
  days: string[];
  /** The day that the server refused. */
  wrong?: string | undefined;
  error: string | null;
  disabled: boolean;
  onChange: (days: string[]) => void;
}) {
  const [typed, setTyped] = useState('');
  const there = days.includes(typed);
  function add() {
    if (!typed || there) return;
    onChange([...days, typed].sort());
    setTyped('');
  }
  return (
    <div className={css.days}>
      {disabled ? (
        <p className={css.label}>{label}</p>
      ) : (
        <Field id={id} label={label} help={help} error={there ? t('company.day.twice') : error}>
          {(control) => (
            <span className={css.adding}>
              <Input
                {...control}
                type="date"
                min="2000-01-01"
                max="2100-12-31"
                value={typed}
                onChange={(event) => setTyped(event.target.value)}
                onKeyDown={(event) => {
                  if (event.key !== 'Enter') return;
                  event.preventDefault();
                  add();
                }}
              />
              <Button icon="plus" disabled={!typed || there} onClick={add}>
                {t('company.day.add')}
              </Button>
            </span>
          )}
        </Field>
      )}
      <Chips days={days} wrong={wrong} disabled={disabled} label={label} onChange={onChange} />
    </div>
  );
}

export function Chips({
  days,
  wrong,
  disabled,
  label,
  onChange,
}: {
  days: string[];
  wrong?: string | undefined;
  disabled: boolean;
  label: string;
  onChange: (days: string[]) => void;
}) {
  if (days.length === 0) return disabled ? <p className={css.none}>{t('company.day.none')}</p> : null;
  return (
    <ul className={css.chips} aria-label={label}>
      {days.map((day) => (
        <li key={day} className={cx(css.chip, day === wrong && css.wrong)}>
          <time dateTime={day}>{day}</time>
          {!disabled && (
            <button
              type="button"
              aria-label={t('company.day.remove', { day })}
              onClick={() => onChange(days.filter((other) => other !== day))}
            >
              <Icon name="close" size={16} />
            </button>
          )}
        </li>
      ))}
    </ul>
  );
}
