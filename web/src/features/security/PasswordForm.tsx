import { useState } from 'react';
import { api } from '@/api/client';
import { queryClient } from '@/api/queries';
import { t } from '@/i18n';
import { PasswordFields, type Passwords } from '@/records/PasswordFields';
import { Button } from '@/ui/Button';
import { toast } from '@/ui/toast';
import css from './security.module.css';

const empty: Passwords = { current: '', next: '' };

export function PasswordForm({ login }: { login: string }) {
  const [passwords, setPasswords] = useState(empty);
  const { current, next } = passwords;
  const [problem, setProblem] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);

  async function save() {
    setBusy(true);
    setProblem(null);
    try {
      await api.put('/me/password', { current, new: next });
      setPasswords(empty);
      toast(t('password.saved'));
      void queryClient.invalidateQueries({ queryKey: ['sessions'] });
    } catch (caught) {
      setProblem(caught);
    } finally {
      setBusy(false);
    }
  }

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
        <PasswordFields
          id="password"
          login={login}
          currentLabel={t('password.current')}
          value={passwords}
          onChange={setPasswords}
          problem={problem}
        />
        <div className={css.actions}>
          <Button look="primary" type="submit" busy={busy} disabled={!current || !next}>
            {t('password.save')}
          </Button>
        </div>
      </form>
    </section>
  );
}
