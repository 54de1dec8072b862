/** A page or panel that could not be filled: why, and what to do. */
import { useNavigate } from '@tanstack/react-router';
import { Problem } from '@/api/problem';
import { meQuery, queryClient } from '@/api/queries';
import { t } from '@/i18n';
import { Button } from '@/ui/Button';
import type { IconName } from '@/ui/Icon';
import { State } from '@/ui/State';
import { NoRight } from './NoRight';
import { problemText } from './problemText';

function face(error: unknown): { icon: IconName; title: string } {
  if (error instanceof Problem) {
    if (error.code === 'offline') return { icon: 'offline', title: t('problem.offline.title') };
    if (error.status === 404) return { icon: 'search', title: error.body.title ?? t('problem.not_found') };
    if (error.status === 503) return { icon: 'lock', title: error.body.title ?? t('problem.sealed') };
    if (error.body.title) return { icon: 'alert', title: error.body.title };
  }
  return { icon: 'alert', title: t('problem.title') };
}

export function ProblemState({
  error,
  retry,
  small,
}: {
  error: unknown;
  retry?: () => void;
  small?: boolean;
}) {
  const navigate = useNavigate();
  // A customer without an account has no Today to go back to.
  const inside = queryClient.getQueryData(meQuery.queryKey) !== undefined;
  const { icon, title } = face(error);
  // Its sentence says whom to ask already.
  if (error instanceof Problem && error.status === 403)
    return <NoRight why={error.body.detail ?? error.body.title ?? undefined} small={small} />;
  const final = error instanceof Problem && error.status === 404;
  const text = problemText(error);
  const said = text === title ? '' : text;
  return (
    <State
      icon={icon}
      title={title}
      why={
        final ? (
          <>
            {said && <span>{said}</span>} <span>{t('problem.ask')}</span>
          </>
        ) : (
          said
        )
      }
      action={
        final
          ? inside && !small && <Button onClick={() => void navigate({ to: '/' })}>{t('home')}</Button>
          : retry && <Button onClick={retry}>{t('retry')}</Button>
      }
      {...(small ? { small } : {})}
    />
  );
}
