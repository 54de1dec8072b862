import { useState } from 'react';
import { api } from '@/api/client';
import { Problem } from '@/api/problem';
import { queryClient } from '@/api/queries';
import { t } from '@/i18n';
import { problemText } from '@/records/problemText';
import { Button } from '@/ui/Button';
import { Field } from '@/ui/Field';
import { Input } from '@/ui/Input';
import { toast } from '@/ui/toast';
import css from './security.module.css';

/** `login` is there for password managers, which want to know whose password this is. */
export function PasswordForm({ login }: { login: string }) {
  const [current, setCurrent] = useState('');
  const [next, setNext] = useState('');
  const [problem, setProblem] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);

  async function save() {
    setBusy(true);
    setProblem(null);
    try {
      await api.put('/me/password', { current, new: next });
      setCurrent('');
      setNext('');
      toast(t('password.saved'));
      void queryClient.invalidateQueries({ queryKey: ['sessions'] });
    } catch (caught) {
      setProblem(caught);
    } finally {
      setBusy(false);
    }
  }
  const of = (field: string) => (problem instanceof Problem ? problem.forField(field) : null);
  const loose = problem !== null && !of('current') && !of('new') ? problemText(problem) : null;

  return (
    <section className={css.card}>
      <h2>{t('password.title')}</h2>
      <p className={css.note}>{t('password.why')}</p>
      <form
        className={css.form}
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
      >
        <input
          className="sr"
          name="username"
          autoComplete="username"
          value={login}
          readOnly
          tabIndex={-1}
          aria-hidden="true"
        />
        <Field id="password-current" label={t('password.current')} error={of('current') ?? loose}>
          {(control) => (
            <Input
              {...control}
              type="password"
              autoComplete="current-password"
              value={current}
              onChange={(event) => setCurrent(event.target.value)}
            />
          )}
        </Field>
        <Field id="password-new" label={t('password.new')} help={t('password.help')} error={of('new')}>
          {(control) => (
            <Input
              {...control}
              type="password"
              autoComplete="new-password"
              value={next}
              onChange={(event) => setNext(event.target.value)}
            />
          )}
        </Field>
        <div className={css.actions}>
          <Button look="primary" type="submit" busy={busy} disabled={!current || !next}>
            {t('password.save')}
          </Button>
        </div>
      </form>
    </section>
  );
}
