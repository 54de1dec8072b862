/** The second factor of whoever is signed in: turned on, replaced, and turned off where that is left to people. */
import { useState } from 'react';
import { api } from '@/api/client';
import type { Me } from '@/api/contract';
import { Problem } from '@/api/problem';
import { queryClient } from '@/api/queries';
import { t } from '@/i18n';
import { ungrouped } from '@/i18n/format';
import { problemText, toastProblem } from '@/records/problemText';
import { Button } from '@/ui/Button';
import { Tag } from '@/ui/Tag';
import { toast } from '@/ui/toast';
import { type Begun, CodeField, Enrolment } from './Enrolment';
import css from './security.module.css';

export function TotpCard({ me: { totp: on, second_factor } }: { me: Me }) {
  const demanded = second_factor === 'demanded';
  const [begun, setBegun] = useState<Begun | null>(null);
  const [removing, setRemoving] = useState(false);
  const [code, setCode] = useState('');
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);

  async function settled(done: string) {
    toast(done);
    setBegun(null);
    setRemoving(false);
    setCode('');
    await queryClient.invalidateQueries({ queryKey: ['me'] });
  }
  async function begin() {
    setBusy(true);
    try {
      setBegun(await api.post<Begun>('/me/totp'));
    } catch (problem) {
      toastProblem(problem);
    } finally {
      setBusy(false);
    }
  }
  async function remove() {
    setBusy(true);
    setError(null);
    try {
      await api.delete('/me/totp', { code: ungrouped(code) });
      await settled(t('security.totp.removed'));
    } catch (problem) {
      const own = problem instanceof Problem ? problem.forField('code') : null;
      setError(own ?? problemText(problem));
    } finally {
      setBusy(false);
    }
  }

  return (
    <section className={css.card}>
      <h2>
        {t('security.totp')}
        <Tag tone={on ? 'jade' : 'amber'}>{on ? t('security.on') : t('security.off')}</Tag>
      </h2>
      <p className={css.note}>{t(demanded ? 'security.totp.demanded' : 'security.totp.why')}</p>
      {!begun && !removing && (
        <p className={css.choices}>
          <Button look={on ? 'plain' : 'primary'} busy={busy} onClick={() => void begin()}>
            {t(on ? 'security.totp.replace' : 'security.totp.begin')}
          </Button>
          {on && !demanded && <Button onClick={() => setRemoving(true)}>{t('security.totp.remove')}</Button>}
        </p>
      )}
      {begun && (
        <Enrolment
          begun={begun}
          replaces={on}
          onDone={() => void settled(t(on ? 'security.totp.replaced' : 'security.totp.added'))}
          onCancel={() => setBegun(null)}
        />
      )}
      {removing && (
        <form
          className={css.form}
          onSubmit={(event) => {
            event.preventDefault();
            void remove();
          }}
        >
          <CodeField id="totp-code" label={t('signin.totp')} error={error} value={code} onChange={setCode} />
          <div className={css.actions}>
            <Button
              onClick={() => {
                setRemoving(false);
                setError(null);
              }}
            >
              {t('cancel')}
            </Button>
            <Button look="primary" type="submit" busy={busy} disabled={ungrouped(code).length < 6}>
              {t('security.totp.remove')}
            </Button>
          </div>
        </form>
      )}
    </section>
  );
}
