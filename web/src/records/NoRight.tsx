/** The one face of "you may not": on a page of its own, in a panel, in place of a form. */
import { useNavigate } from '@tanstack/react-router';
import { meQuery, queryClient } from '@/api/queries';
import { t } from '@/i18n';
import { Button } from '@/ui/Button';
import { State } from '@/ui/State';
import css from './records.module.css';

/** `why` is the server's sentence where it gave one; it names whom to ask, as ours does. */
export function NoRight({ why, small }: { why?: string | undefined; small?: boolean | undefined }) {
  const navigate = useNavigate();
  // A customer without an account has no Today to go back to.
  const inside = queryClient.getQueryData(meQuery.queryKey) !== undefined;
  return (
    <State
      icon="lock"
      title={t('problem.forbidden')}
      why={why || t('problem.forbidden.why')}
      action={inside && !small && <Button onClick={() => void navigate({ to: '/' })}>{t('home')}</Button>}
      {...(small ? { small } : {})}
    />
  );
}

/** A whole page that is not for this person: called by its name, without its tools. */
export function NoRightPage({ title }: { title: string }) {
  return (
    <div className={css.refused}>
      <h1>{title}</h1>
      <NoRight />
    </div>
  );
}
