/** One plan of today: when, whom, what for; called, put off or done with one thumb. */
import { useMutation } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { KedunRecord, ObjectDef } from '@/api/contract';
import { queryClient, recordQuery } from '@/api/queries';
import { t } from '@/i18n';
import { nearDay, time } from '@/i18n/format';
import type { Entry } from '@/offline/outbox';
import { dial, phoneField } from '@/records/contact';
import { usePlanActs } from '@/records/followup/planActs';
import { readPlan } from '@/records/followup/shape';
import { useOnPaper } from '@/records/print/paper';
import { toastProblem } from '@/records/problemText';
import { titleOf } from '@/records/title';
import { cx } from '@/ui/cx';
import { Icon, type IconName } from '@/ui/Icon';
import { Swipe } from '@/ui/Swipe';
import { Tag } from '@/ui/Tag';
import css from './today.module.css';

type Props = {
  plan: KedunRecord;
  def: ObjectDef | undefined;
  customer: ObjectDef | undefined;
  /** What was done with it and has not reached the server yet. */
  waiting: Entry | undefined;
  onFollowUp: (() => void) | undefined;
};
type Act = { key: string; icon: IconName; label: string; run: () => void; busy?: boolean };

export function PlanRow({ plan, def, customer, waiting, onFollowUp }: Props) {
  useOnPaper(plan.object, () => [plan.id]);
  const view = readPlan(plan, def);
  const phone = phoneField(customer);
  const who = view.customer?.title ?? titleOf(plan);
  const acts = usePlanActs(def);
  const { customer: of, object } = view;
  const about = of && object ? { object, id: of.id, title: who } : null;
  const call = useMutation({
    // The plan does not carry the number; the customer is asked for, with this person's rights.
    mutationFn: async () => {
      if (!about) return;
      await dial(await queryClient.fetchQuery(recordQuery(about.object, about.id)), phone, onFollowUp);
    },
    onError: toastProblem,
  });
  const change = useMutation({
    mutationFn: (what: 'finish' | 'tomorrow') => (about ? acts[what](plan, about) : Promise.resolve(false)),
  });

  const buttons: Act[] = [];
  if (about && phone && object === customer?.name)
    buttons.push({
      key: 'call',
      icon: 'phone',
      label: t('action.call'),
      run: () => call.mutate(),
      busy: call.isPending,
    });
  if (onFollowUp) buttons.push({ key: 'follow', icon: 'pen', label: t('action.follow_up'), run: onFollowUp });
  const changes: Act[] =
    plan.rights.edit && about
      ? [
          {
            key: 'tomorrow',
            icon: 'tomorrow',
            label: t('action.tomorrow'),
            run: () => change.mutate('tomorrow'),
            busy: change.isPending,
          },
          {
            key: 'done',
            icon: 'check',
            label: t('action.complete'),
            run: () => change.mutate('finish'),
            busy: change.isPending,
          },
        ]
      : [];
  const [put, done] = changes;
  // What the server would not have changed nothing, so there is still something to do.
  const underway = waiting !== undefined && !waiting.refused;
  return (
    <li className={css.plan}>
      <Swipe right={underway ? undefined : done} left={underway ? undefined : put}>
        <div className={css.planTop}>
          <time className={css.time} dateTime={view.due ?? undefined}>
            {view.due && (
              <>
                <b>{time(view.due)}</b>
                <span>{nearDay(view.due)}</span>
              </>
            )}
          </time>
          <div className={css.words}>
            {about ? (
              <Link
                to="/records/$object/$id"
                params={{ object: about.object, id: about.id }}
                className={css.link}
              >
                <b>{who}</b>
              </Link>
            ) : (
              <b>{who}</b>
            )}
            {/* Its own page: there it is edited, or called off. */}
            <Link
              to="/records/$object/$id"
              params={{ object: plan.object, id: plan.id }}
              className={cx(css.link, css.what)}
            >
              {view.text}
            </Link>
          </div>
          {waiting && (
            <Link to="/outbox" className={css.pending}>
              <Tag tone={waiting.refused ? 'cinnabar' : 'amber'}>
                {t(waiting.refused ? 'outbox.refused' : 'outbox.waiting')}
              </Tag>
            </Link>
          )}
        </div>
        <div className={css.acts}>
          {[...buttons, ...(underway ? [] : changes)].map((act) => (
            <button
              key={act.key}
              type="button"
              className={css.act}
              aria-label={t('action.for', { action: act.label, title: who })}
              aria-busy={act.busy || undefined}
              disabled={act.busy}
              onClick={act.run}
            >
              <Icon name={act.icon} size={18} />
              {act.label}
            </button>
          ))}
        </div>
      </Swipe>
    </li>
  );
}
