/** The way from a secret to a second factor in force: the code is drawn here, the secret never leaves for a drawing service. */
import { useState } from 'react';
import { encode } from 'uqr';
import { api } from '@/api/client';
import { isProblem, Problem } from '@/api/problem';
import { t } from '@/i18n';
import { ungrouped } from '@/i18n/format';
import { problemText } from '@/records/problemText';
import { Button } from '@/ui/Button';
import { Field } from '@/ui/Field';
import { Input } from '@/ui/Input';
import { toast } from '@/ui/toast';
import { useTouch } from '@/ui/useMedia';
import css from './security.module.css';

export type Begun = { secret: string; uri: string };

type Props = {
  begun: Begun;
  /** Another is in force, whose place it takes: a code of that one is asked for too. */
  replaces?: boolean;
  /** Where there is no sheet to sign in over the page; a session that ended is told instead. */
  alone?: boolean;
  onDone: () => void;
  onCancel?: () => void;
  onEnded?: () => void;
};

export function Enrolment({ begun, replaces, alone, onDone, onCancel, onEnded }: Props) {
  const touch = useTouch();
  const [code, setCode] = useState('');
  const [current, setCurrent] = useState('');
  const [busy, setBusy] = useState(false);
  const [errors, setErrors] = useState<{ code?: string; current?: string }>({});

  async function confirm() {
    setBusy(true);
    setErrors({});
    try {
      await api.post(
        '/me/totp/confirmation',
        { code: ungrouped(code), ...(replaces ? { current: ungrouped(current) } : {}) },
        { anonymous: alone ?? false },
      );
      onDone();
    } catch (problem) {
      if (alone && isProblem(problem, 'no_session')) return onEnded?.();
      const old = problem instanceof Problem ? problem.forField('current') : null;
      const own = problem instanceof Problem ? problem.forField('code') : null;
      // Enrolled in another tab meanwhile: this page is not for them any more.
      if (old && !replaces) return location.reload();
      setErrors(old ? { current: old } : { code: own ?? problemText(problem) });
      setBusy(false);
    }
  }

  return (
    <form
      className={css.form}
      onSubmit={(event) => {
        event.preventDefault();
        void confirm();
      }}
    >
      <Qr text={begun.uri} label={t('security.totp.qr')} />
      <p className={css.note}>{t('security.totp.steps')}</p>
      <p className={css.secret} data-secret="">
        {begun.secret.replace(/(.{4})(?=.)/g, '$1 ')}
      </p>
      <p className={css.keyActs}>
        <Button icon="copy" onClick={() => void copyKey(begun.secret)}>
          {t('security.totp.copy')}
        </Button>
        {/* Nobody scans the screen that they hold: the authenticator on it takes the same words. */}
        {touch && (
          <a className={css.app} href={begun.uri}>
            {t('security.totp.app')}
          </a>
        )}
      </p>
      {replaces && (
        <CodeField
          id="totp-current"
          label={t('security.totp.current')}
          error={errors.current ?? null}
          value={current}
          onChange={setCurrent}
        />
      )}
      <CodeField
        id="totp-code"
        label={replaces ? t('security.totp.new') : t('signin.totp')}
        error={errors.code ?? null}
        value={code}
        onChange={setCode}
      />
      <div className={css.actions}>
        {onCancel && <Button onClick={onCancel}>{t('cancel')}</Button>}
        <Button
          look="primary"
          type="submit"
          wide={alone ?? false}
          busy={busy}
          disabled={ungrouped(code).length < 6 || (replaces === true && ungrouped(current).length < 6)}
        >
          {t('security.totp.confirm')}
        </Button>
      </div>
    </form>
  );
}

type CodeProps = {
  id: string;
  label: string;
  error: string | null;
  value: string;
  onChange: (value: string) => void;
};

export function CodeField({ id, label, error, value, onChange }: CodeProps) {
  return (
    <Field id={id} label={label} error={error}>
      {(control) => (
        <Input
          {...control}
          inputMode="numeric"
          autoComplete="one-time-code"
          maxLength={7}
          value={value}
          onChange={(event) => onChange(event.target.value)}
        />
      )}
    </Field>
  );
}

async function copyKey(secret: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(secret);
    toast(t('security.totp.copied'));
  } catch {
    // An address without TLS, or a browser that was told not to.
    toast(t('security.totp.not_copied'), 'failed');
  }
}

/** Dark on white in both themes: scanners expect it. */
function Qr({ text, label }: { text: string; label: string }) {
  const { data, size } = encode(text, { border: 2 });
  const path = data.flatMap((row, y) => row.map((dark, x) => (dark ? `M${x} ${y}h1v1h-1z` : ''))).join('');
  return (
    <svg
      className={css.qr}
      viewBox={`0 0 ${size} ${size}`}
      role="img"
      aria-label={label}
      shapeRendering="crispEdges"
    >
      <rect width={size} height={size} fill="#fff" />
      <path d={path} fill="#17212b" />
    </svg>
  );
}
