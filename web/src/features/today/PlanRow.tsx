/** One plan of today: when, whom, what for; done or called with one thumb. */
import { useMutation } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { KedunRecord, ObjectDef } from '@/api/contract';
import { queryClient, recordQuery } from '@/api/queries';
import { t } from '@/i18n';
import { nearDay, time } from '@/i18n/format';
import { canUse, dial, phoneField } from '@/records/contact';
import { readPlan } from '@/records/followup/shape';
import { toastProblem } from '@/records/problemText';
import { titleOf } from '@/records/title';
import { Button, IconButton } from '@/ui/Button';
import { toast } from '@/ui/toast';
import css from './today.module.css';

type Props = {
  plan: KedunRecord;
  def: ObjectDef | undefined;
  customer: ObjectDef | undefined;
  onComplete: () => void;
};

export function PlanRow({ plan, def, customer, onComplete }: Props) {
  const view = readPlan(plan, def);
  const phone = phoneField(customer);
  const who = view.customer?.title ?? titleOf(plan);
  const call = useMutation({
    // The plan does not carry the number; the customer is asked for, with this person's rights.
    mutationFn: async () => {
      if (!view.customer || !view.object) return;
      const record = await queryClient.fetchQuery(recordQuery(view.object, view.customer.id));
      if (canUse(record, phone)) await dial(record, phone);
      else toast(t('call.none', { title: titleOf(record) }), 'failed');
    },
    onError: toastProblem,
  });
  return (
    <li className={css.plan}>
      <time className={css.time} dateTime={view.due ?? undefined}>
        {view.due && (
          <>
            <b>{time(view.due)}</b>
            <span>{nearDay(view.due)}</span>
          </>
        )}
      </time>
      <div className={css.words}>
        {view.customer && view.object ? (
          <Link
            to="/records/$object/$id"
            params={{ object: view.object, id: view.customer.id }}
            className={css.link}
          >
            <b>{who}</b>
            <span className={css.text}>{view.text}</span>
          </Link>
        ) : (
          <>
            <b>{who}</b>
            <span className={css.text}>{view.text}</span>
          </>
        )}
      </div>
      <div className={css.acts}>
        {view.customer && phone && view.object === customer?.name && (
          <IconButton
            icon="phone"
            label={t('action.for', { action: t('action.call'), title: who })}
            disabled={call.isPending}
            onClick={() => call.mutate()}
          />
        )}
        {plan.rights.edit && (
          <Button
            small
            icon="check"
            onClick={onComplete}
            aria-label={t('action.for', { action: t('action.complete'), title: who })}
          >
            <span className={css.wordWide}>{t('action.complete')}</span>
          </Button>
        )}
      </div>
    </li>
  );
}
