/** Login and password, then the six digits if the server asks. Nothing typed is lost to an error. */
import { useState } from 'react';
import { api } from '@/api/client';
import { Problem } from '@/api/problem';
import { t } from '@/i18n';
import { ungrouped } from '@/i18n/format';
import { problemText } from '@/records/problemText';
import { Button } from '@/ui/Button';
import { Field } from '@/ui/Field';
import { Icon } from '@/ui/Icon';
import { Input } from '@/ui/Input';
import { useSecondsLeft } from '@/ui/Ring';
import { deviceName } from './deviceName';
import css from './sessions.module.css';

type Props = { login?: string | undefined; fixedLogin?: boolean; onDone: () => void };

export function SignInForm({ login: known = '', fixedLogin, onDone }: Props) {
  const [login, setLogin] = useState(known);
  const [password, setPassword] = useState('');
  const [totp, setTotp] = useState('');
  const [step, setStep] = useState<'password' | 'totp'>('password');
  const [error, setError] = useState<string | null>(null);
  const [until, setUntil] = useState<number | null>(null);
  const [busy, setBusy] = useState(false);
  const wait = useSecondsLeft(until);

  async function submit() {
    if (wait > 0) return;
    setBusy(true);
    setError(null);
    try {
      await api.post(
        '/sessions',
        {
          login: login.trim(),
          password,
          ...(step === 'totp' ? { totp: ungrouped(totp) } : {}),
          device: { name: deviceName() },
        },
        { anonymous: true },
      );
      onDone();
    } catch (problem) {
      refuse(problem);
    } finally {
      setBusy(false);
    }
  }

  function refuse(problem: unknown) {
    if (problem instanceof Problem) {
      if (problem.code === 'totp_required') return setStep('totp');
      if (problem.status === 429) setUntil(Date.now() + (problem.retryAfter ?? 30) * 1000);
      if (problem.code === 'invalid_credentials') setStep('password');
    }
    setError(problemText(problem));
  }

  return (
    <form
      className={css.form}
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      {step === 'password' ? (
        <>
          <Field id="login" label={t('signin.login')}>
            {(control) => (
              <Input
                {...control}
                name="username"
                autoComplete="username"
                autoCapitalize="none"
                spellCheck={false}
                value={login}
                readOnly={fixedLogin}
                autoFocus={!fixedLogin}
                onChange={(event) => setLogin(event.target.value)}
              />
            )}
          </Field>
          <Field id="password" label={t('signin.password')}>
            {(control) => (
              <Input
                {...control}
                type="password"
                name="password"
                autoComplete="current-password"
                value={password}
                data-first={fixedLogin ? '' : undefined}
                autoFocus={Boolean(fixedLogin)}
                onChange={(event) => setPassword(event.target.value)}
              />
            )}
          </Field>
        </>
      ) : (
        <Field id="totp" label={t('signin.totp')} help={t('signin.totp.help')}>
          {(control) => (
            <Input
              {...control}
              inputMode="numeric"
              autoComplete="one-time-code"
              maxLength={7}
              value={totp}
              autoFocus
              onChange={(event) => setTotp(event.target.value)}
            />
          )}
        </Field>
      )}
      {error && (
        <p className={css.error} role="alert">
          <Icon name="alert" size={18} />
          {error}
        </p>
      )}
      <Button
        look="primary"
        type="submit"
        wide
        busy={busy}
        disabled={wait > 0 || (step === 'password' ? !login.trim() || !password : ungrouped(totp).length < 6)}
      >
        {wait > 0 ? t('signin.wait', { time: countdown(wait) }) : t('signin.go')}
      </Button>
      {step === 'totp' && (
        <Button look="quiet" onClick={() => setStep('password')}>
          {t('back')}
        </Button>
      )}
    </form>
  );
}

function countdown(seconds: number): string {
  const minutes = Math.floor(seconds / 60);
  return `${minutes}:${String(seconds % 60).padStart(2, '0')}`;
}
