/** When next? Tomorrow, in three days, next week, or a moment of one's own. */
import { useState } from 'react';
import { t } from '@/i18n';
import { dateTime, dayAt, fromWall, toWall } from '@/i18n/format';
import { Field } from '@/ui/Field';
import { Icon } from '@/ui/Icon';
import { Input } from '@/ui/Input';
import { Segments } from '@/ui/Segments';
import css from './followup.module.css';

const HOUR = 10;
const quick = { none: null, tomorrow: 1, three: 3, week: 7, custom: 0 } as const;
type Quick = keyof typeof quick;

export function NextPlan({
  value,
  onChange,
  required,
  error,
}: {
  value: string | null;
  onChange: (at: string | null) => void;
  required?: boolean;
  error?: string | null;
}) {
  const [picked, setPicked] = useState<Quick | null>(value ? 'custom' : required ? null : 'none');
  const keys = (Object.keys(quick) as Quick[]).filter((key) => !required || key !== 'none');
  return (
    <div className={css.next}>
      <p className={css.label}>{t('plan.next')}</p>
      <Segments
        look="chips"
        label={t('plan.next')}
        options={keys.map((key) => ({ key, label: t(`plan.quick.${key}`) }))}
        value={picked}
        onChange={(key) => {
          setPicked(key);
          const days = quick[key];
          onChange(days === null ? null : dayAt(days || 1, HOUR));
        }}
      />
      {picked === 'custom' && (
        <Field id="plan-at" label={t('plan.at')}>
          {(control) => (
            <Input
              {...control}
              type="datetime-local"
              value={value ? toWall(value) : ''}
              onChange={(event) => onChange(event.target.value ? fromWall(event.target.value) : null)}
            />
          )}
        </Field>
      )}
      {error && (
        <p className={css.missing} role="alert">
          <Icon name="alert" size={16} />
          {error}
        </p>
      )}
      {value && picked !== 'custom' && <p className={css.hint}>{dateTime(value)}</p>}
    </div>
  );
}
