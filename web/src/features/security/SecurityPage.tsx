/** A second factor and a new password. */
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { meQuery } from '@/api/queries';
import { t } from '@/i18n';
import { ProblemState } from '@/records/ProblemState';
import { IconButton } from '@/ui/Button';
import { Skeleton } from '@/ui/State';
import { PasswordForm } from './PasswordForm';
import css from './security.module.css';
import { TotpCard } from './TotpCard';

export function SecurityPage() {
  const me = useQuery(meQuery);
  const navigate = useNavigate();
  return (
    <div className={css.page}>
      <header className={css.bar}>
        <IconButton icon="back" label={t('back')} onClick={() => void navigate({ to: '/me' })} />
        <h1>{t('security.title')}</h1>
      </header>
      {me.isPending && <Skeleton rows={3} label={t('loading')} />}
      {me.error && <ProblemState error={me.error} retry={() => me.refetch()} />}
      {me.data && <TotpCard me={me.data} />}
      {me.data && <PasswordForm login={me.data.person.login} />}
    </div>
  );
}
