/** 领取: takes a record out of the pool. Whoever loses the race cannot see the record any more, and is told why. */
import { useMutation } from '@tanstack/react-query';
import { api, recordPath } from '@/api/client';
import type { KedunRecord } from '@/api/contract';
import { Problem } from '@/api/problem';
import { refreshRecord } from '@/api/queries';
import { t } from '@/i18n';
import { Button } from '@/ui/Button';
import { toast } from '@/ui/toast';
import { toastProblem } from '../problemText';
import { titleOf } from '../title';
import css from './actions.module.css';
import { type Moved, toastMoved } from './undo';

export function ClaimButton({ record, wide }: { record: KedunRecord; wide?: boolean }) {
  const claim = useMutation({
    mutationFn: () => api.post<Moved>(`${recordPath(record.object, record.id)}/claims`),
    onSuccess: (after) => {
      toastMoved('claim', record, after);
      refreshRecord(record.object, record.id);
    },
    onError: (problem) => {
      if (problem instanceof Problem && problem.status === 404) toast(t('claim.late'), 'failed');
      else toastProblem(problem);
      // Most often somebody else was faster: what is shown here is of before.
      refreshRecord(record.object, record.id);
    },
  });
  return (
    <div className={wide ? css.claim : undefined}>
      <Button
        look="primary"
        icon="pool"
        busy={claim.isPending}
        aria-label={t('action.for', { action: t('action.claim'), title: titleOf(record) })}
        onClick={() => claim.mutate()}
        {...(wide ? { wide } : {})}
      >
        {t('action.claim')}
      </Button>
    </div>
  );
}
