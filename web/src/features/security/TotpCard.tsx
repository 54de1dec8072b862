/** Enrolling a second factor: the code is drawn here, the secret never leaves for a drawing service. */
import { useState } from 'react';
import { encode } from 'uqr';
import { api } from '@/api/client';
import { Problem } from '@/api/problem';
import { queryClient } from '@/api/queries';
import { t } from '@/i18n';
import { ungrouped } from '@/i18n/format';
import { problemText, toastProblem } from '@/records/problemText';
import { Button } from '@/ui/Button';
import { Field } from '@/ui/Field';
import { Input } from '@/ui/Input';
import { Tag } from '@/ui/Tag';
import { toast } from '@/ui/toast';
import { useTouch } from '@/ui/useMedia';
import css from './security.module.css';

export function TotpCard({ on }: { on: boolean }) {
  const touch = useTouch();
  const [enrolment, setEnrolment] = useState<{ secret: string; uri: string } | null>(null);
  const [removing, setRemoving] = useState(false);
  const [code, setCode] = useState('');
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);

  async function run(work: () => Promise<unknown>, done: string) {
    setBusy(true);
    setError(null);
    try {
      await work();
      toast(done);
      setEnrolment(null);
      setRemoving(false);
      setCode('');
      await queryClient.invalidateQueries({ queryKey: ['me'] });
    } catch (problem) {
      setError(
        problem instanceof Problem
          ? (problem.forField('code') ?? problemText(problem))
          : problemText(problem),
      );
    } finally {
      setBusy(false);
    }
  }
  async function begin() {
    setBusy(true);
    try {
      setEnrolment(await api.post<{ secret: string; uri: string }>('/me/totp'));
    } catch (problem) {
      toastProblem(problem);
    } finally {
      setBusy(false);
    }
  }
  const confirm = () =>
    run(() => api.post('/me/totp/confirmation', { code: ungrouped(code) }), t('security.totp.added'));
  const remove = () =>
    run(() => api.delete('/me/totp', { code: ungrouped(code) }), t('security.totp.removed'));

  return (
    <section className={css.card}>
      <h2>
        {t('security.totp')}
        <Tag tone={on ? 'jade' : 'amber'}>{on ? t('security.on') : t('security.off')}</Tag>
      </h2>
      <p className={css.note}>{t('security.totp.why')}</p>
      {!enrolment && !removing && (
        <p>
          {on ? (
            <Button onClick={() => setRemoving(true)}>{t('security.totp.remove')}</Button>
          ) : (
            <Button look="primary" busy={busy} onClick={() => void begin()}>
              {t('security.totp.begin')}
            </Button>
          )}
        </p>
      )}
      {(enrolment || removing) && (
        <form
          className={css.form}
          onSubmit={(event) => {
            event.preventDefault();
            void (enrolment ? confirm() : remove());
          }}
        >
          {enrolment && (
            <>
              <Qr text={enrolment.uri} label={t('security.totp.qr')} />
              <p className={css.note}>{t('security.totp.steps')}</p>
              <p className={css.secret} data-secret="">
                {enrolment.secret.replace(/(.{4})(?=.)/g, '$1 ')}
              </p>
              <p className={css.keyActs}>
                <Button icon="copy" onClick={() => void copyKey(enrolment.secret)}>
                  {t('security.totp.copy')}
                </Button>
                {/* Nobody scans the screen that they hold: the authenticator on it takes the same words. */}
                {touch && (
                  <a className={css.app} href={enrolment.uri}>
                    {t('security.totp.app')}
                  </a>
                )}
              </p>
            </>
          )}
          <Field id="totp-code" label={t('signin.totp')} error={error}>
            {(control) => (
              <Input
                {...control}
                inputMode="numeric"
                autoComplete="one-time-code"
                maxLength={7}
                value={code}
                onChange={(event) => setCode(event.target.value)}
              />
            )}
          </Field>
          <div className={css.actions}>
            <Button
              onClick={() => {
                setEnrolment(null);
                setRemoving(false);
                setError(null);
              }}
            >
              {t('cancel')}
            </Button>
            <Button look="primary" type="submit" busy={busy} disabled={ungrouped(code).length < 6}>
              {enrolment ? t('security.totp.confirm') : t('security.totp.remove')}
            </Button>
          </div>
        </form>
      )}
    </section>
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
