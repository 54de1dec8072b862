/** As much proof as the request needs, and a way for who cannot give it. */
import { t } from '@/i18n';
import { half } from '@/i18n/format';
import { Field } from '@/ui/Field';
import { Input, Tick } from '@/ui/Input';
import css from './public.module.css';

export type Proofs = { digits: string; code: string; byHand: boolean };
export const noProofs: Proofs = { digits: '', code: '', byHand: false };

type Props = {
  both: boolean;
  left: number;
  value: Proofs;
  onChange: (next: Proofs) => void;
  error: string | null;
  /** Whether a colleague can check instead. */
  byHand: boolean;
};

const digitsOnly = (text: string, most: number) => half(text).replace(/\D/g, '').slice(0, most);

export function CheckFields({ both, left, value, onChange, error, byHand }: Props) {
  const spent = left <= 0;
  return (
    <fieldset className={css.check}>
      <legend>{t('public.check')}</legend>
      {spent ? (
        <p className={css.small}>{t('public.check.none')}</p>
      ) : (
        <>
          <p className={css.small}>
            {t(both ? 'public.check.both' : 'public.check.one')} {t('public.check.left', { n: left })}
          </p>
          {!value.byHand && (
            <div className={css.pair}>
              <DigitsField value={value.digits} onChange={(digits) => onChange({ ...value, digits })} />
              <CodeField
                label={t('public.check.code')}
                value={value.code}
                onChange={(code) => onChange({ ...value, code })}
              />
            </div>
          )}
        </>
      )}
      {error && (
        <p className={css.error} role="alert">
          {error}
        </p>
      )}
      {byHand && (
        <Tick
          checked={value.byHand || spent}
          disabled={spent}
          onChange={(event) => onChange({ ...value, byHand: event.target.checked })}
        >
          {t('public.check.hand')}
          <span className={css.small}> {t('public.check.hand.what')}</span>
        </Tick>
      )}
    </fieldset>
  );
}

type One = { value: string; onChange: (next: string) => void };

/** The last four digits of the number on file. */
export function DigitsField({ value, onChange }: One) {
  return (
    <Field id="check-digits" label={t('public.check.digits')}>
      {(control) => (
        <Input
          {...control}
          inputMode="numeric"
          value={value}
          onChange={(event) => onChange(digitsOnly(event.target.value, 4))}
        />
      )}
    </Field>
  );
}

/** Six digits that somebody told. */
export function CodeField({ label, value, onChange }: One & { label: string }) {
  return (
    <Field id="check-code" label={label}>
      {(control) => (
        <Input
          {...control}
          inputMode="numeric"
          autoComplete="one-time-code"
          value={value}
          onChange={(event) => onChange(digitsOnly(event.target.value, 6))}
        />
      )}
    </Field>
  );
}

/** What is sent: nothing when a colleague is to check. */
export function shown(value: Proofs, spent: boolean): { digits?: string; code?: string } {
  if (value.byHand || spent) return {};
  return {
    ...(value.digits ? { digits: value.digits } : {}),
    ...(value.code ? { code: value.code } : {}),
  };
}
