/** What waits for this person: decisions, files that lie ready, and what this device has not sent yet. */
import { Link } from '@tanstack/react-router';
import type { SpotChecks, Today } from '@/api/contract';
import { t, tCode } from '@/i18n';
import { nearTime } from '@/i18n/format';
import type { Entry } from '@/offline/outbox';
import { Icon, type IconName } from '@/ui/Icon';
import css from './today.module.css';

type Props = { today: Today; outbox: readonly Entry[]; spot: SpotChecks | undefined };

/** Whether last week's spot check still asks for this person's five minutes. */
export const spotWaits = (spot: SpotChecks | undefined): boolean =>
  spot !== undefined && spot.week.state !== 'done';

export function Waiting({ today, outbox, spot }: Props) {
  const more = today.waiting - today.decisions.length;
  return (
    <ul className={css.plans}>
      {today.decisions.map((task) => (
        <Row
          key={task.id}
          to="/approvals"
          icon="approvals"
          title={tCode('task.kind', task.kind)}
          text={[task.requester.name, nearTime(task.created_at)].join(' · ')}
        />
      ))}
      {more > 0 && <Row to="/approvals" icon="approvals" title={t('today.more', { n: more })} text="" />}
      {today.ready.map((file) => (
        <Row
          key={file.id}
          to="/exports"
          icon="exports"
          title={t('today.ready')}
          text={[t('list.count', { n: file.rows }), file.number].join(' · ')}
        />
      ))}
      {spot && spotWaits(spot) && (
        <Row to="/spot-checks" icon="spot" title={t('today.spot')} text={spotText(spot)} />
      )}
      {outbox.length > 0 && (
        <Row
          to="/outbox"
          icon="outbox"
          title={t('outbox.title')}
          text={t('outbox.count', { n: outbox.length })}
        />
      )}
    </ul>
  );
}

function spotText(spot: SpotChecks): string {
  const check = spot.checks.find((one) => one.id === spot.week.check);
  return check ? t('today.spot.open', { n: check.drawn - check.scored }) : t('today.spot.due');
}

type RowProps = {
  to: '/approvals' | '/exports' | '/outbox' | '/spot-checks';
  icon: IconName;
  title: string;
  text: string;
};

function Row({ to, icon, title, text }: RowProps) {
  return (
    <li className={css.plan}>
      <Link to={to} className={css.row}>
        <span className={css.rowIcon}>
          <Icon name={icon} size={18} />
        </span>
        <span className={css.words}>
          <b>{title}</b>
          {text && <span className={css.text}>{text}</span>}
        </span>
        <Icon name="next" size={18} />
      </Link>
    </li>
  );
}
