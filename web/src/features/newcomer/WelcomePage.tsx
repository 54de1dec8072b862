/** The first door of whoever was handed a one-time password: choose one of your own, then everything else opens. */
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api, call } from '@/api/client';
import { isProblem } from '@/api/problem';
import { meQuery } from '@/api/queries';
import { t } from '@/i18n';
import { PasswordFields, type Passwords } from '@/records/PasswordFields';
import { toastProblem } from '@/records/problemText';
import { Button } from '@/ui/Button';
import css from '@/ui/desk.module.css';
import { Field } from '@/ui/Field';
import { Input } from '@/ui/Input';
import { Logo } from '@/ui/Logo';
import { DismissWord, Toasts } from '@/ui/toast';
import own from './newcomer.module.css';

/** There is no sheet to sign in over this page, so its calls are anonymous: a session that ended ends the page. */
const toTheDoor = () => location.replace('/sign-in');

export function WelcomePage() {
  // The route has asked.
  const me = useQuery({ ...meQuery, enabled: false });
  const [passwords, setPasswords] = useState<Passwords>({ current: '', next: '' });
  const { current, next } = passwords;
  const [again, setAgain] = useState('');
  const [problem, setProblem] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const differs = again !== '' && again !== next;

  async function save() {
    if (next !== again) return;
    setBusy(true);
    setProblem(null);
    try {
      await api.put('/me/password', { current, new: next }, { anonymous: true });
      // Everything is asked anew: until now there was nothing to know.
      location.replace('/');
    } catch (caught) {
      if (isProblem(caught, 'no_session')) return toTheDoor();
      setProblem(caught);
      setBusy(false);
    }
  }
  async function leave() {
    try {
      await call('DELETE', '/sessions/current', { anonymous: true });
      toTheDoor();
    } catch (caught) {
      if (isProblem(caught, 'no_session')) toTheDoor();
      else toastProblem(caught);
    }
  }
  return (
    <main className={own.page}>
      <div className={own.card}>
        <Logo size={44} />
        <h1>{t('welcome.title', { name: me.data?.person.name ?? '' })}</h1>
        <p className={css.why}>{t('welcome.why')}</p>
        <form
          className={css.form}
          onSubmit={(event) => {
            event.preventDefault();
            void save();
          }}
        >
          <PasswordFields
            id="welcome"
            login={me.data?.person.login ?? ''}
            currentLabel={t('welcome.current')}
            value={passwords}
            onChange={setPasswords}
            problem={problem}
          />
          <Field id="welcome-again" label={t('welcome.again')} error={differs ? t('welcome.differs') : null}>
            {(control) => (
              <Input
                {...control}
                type="password"
                autoComplete="new-password"
                value={again}
                onChange={(event) => setAgain(event.target.value)}
              />
            )}
          </Field>
          <Button
            look="primary"
            type="submit"
            wide
            busy={busy}
            disabled={!current || !next || next !== again}
          >
            {t('welcome.go')}
          </Button>
          <Button look="quiet" wide onClick={() => void leave()}>
            {t('signout')}
          </Button>
        </form>
      </div>
      <DismissWord value={t('toast.dismiss')}>
        <Toasts />
      </DismissWord>
    </main>
  );
}
