/** The door of whoever has a password and no second factor, where the house demands one: enrol it, then go where one wanted. */
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useCallback, useEffect, useRef, useState } from 'react';
import { api, call } from '@/api/client';
import { isProblem } from '@/api/problem';
import { meQuery } from '@/api/queries';
import { t } from '@/i18n';
import { ourPath } from '@/path';
import { problemText, toastProblem } from '@/records/problemText';
import { Button } from '@/ui/Button';
import { Logo } from '@/ui/Logo';
import { Skeleton } from '@/ui/State';
import { DismissWord, Toasts } from '@/ui/toast';
import { type Begun, Enrolment } from './Enrolment';
import css from './security.module.css';

const route = getRouteApi('/second-factor');

/** There is no sheet to sign in over this page, so its calls are anonymous: a session that ended ends the page. */
const toTheDoor = () => location.replace('/sign-in');

export function EnrolPage() {
  // The route has asked.
  const me = useQuery({ ...meQuery, enabled: false });
  const { to } = route.useSearch();
  const [begun, setBegun] = useState<Begun | null>(null);
  const [error, setError] = useState<string | null>(null);
  const asked = useRef(false);

  const begin = useCallback(async () => {
    setError(null);
    try {
      setBegun(await api.post<Begun>('/me/totp', {}, { anonymous: true }));
    } catch (problem) {
      if (isProblem(problem, 'no_session')) return toTheDoor();
      setError(problemText(problem));
    }
  }, []);
  useEffect(() => {
    // Each secret puts the last one out of use, so one page asks once.
    if (asked.current) return;
    asked.current = true;
    void begin();
  }, [begin]);

  async function leave() {
    try {
      await call('DELETE', '/sessions/current', { anonymous: true });
      toTheDoor();
    } catch (problem) {
      if (isProblem(problem, 'no_session')) toTheDoor();
      else toastProblem(problem);
    }
  }
  return (
    <main className={css.gate}>
      <div className={css.door}>
        <Logo size={44} />
        <h1>{t('enrol.title', { name: me.data?.person.name ?? '' })}</h1>
        <p className={css.note}>{t('enrol.why')}</p>
        {!begun && !error && <Skeleton rows={3} label={t('loading')} />}
        {error && (
          <div className={css.form}>
            <p role="alert">{error}</p>
            <Button look="primary" onClick={() => void begin()}>
              {t('retry')}
            </Button>
          </div>
        )}
        {begun && (
          <Enrolment
            begun={begun}
            alone
            // Everything is asked anew: until now there was nothing to know.
            onDone={() => location.replace(ourPath(to))}
            onEnded={toTheDoor}
          />
        )}
        <p className={css.note}>{t('enrol.lost')}</p>
        <Button look="quiet" wide onClick={() => void leave()}>
          {t('signout')}
        </Button>
      </div>
      <DismissWord value={t('toast.dismiss')}>
        <Toasts />
      </DismissWord>
    </main>
  );
}
