/** What waits for this person: decisions, files that lie ready, and what this device has not sent yet. */
import { Link } from '@tanstack/react-router';
import type { RightsRequest, SpotChecks, Today } from '@/api/contract';
import { t, tCode } from '@/i18n';
import { nearTime } from '@/i18n/format';
import type { Entry } from '@/offline/outbox';
import { daysLeft, leftText } from '@/records/rights/clock';
import { Icon, type IconName } from '@/ui/Icon';
import css from './today.module.css';

type Props = { today: Today; outbox: readonly Entry[]; spot: SpotChecks | undefined; asked: RightsRequest[] };

/** How many customers' requests are named one by one. */
const NAMED = 5;

/** Whether last week's spot check still asks for this person's five minutes. */
export const spotWaits = (spot: SpotChecks | undefined): boolean =>
  spot !== undefined && spot.week.state !== 'done';

export function Waiting({ today, outbox, spot, asked }: Props) {
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
      {asked.slice(0, NAMED).map((request) => (
        <Row
          key={request.id}
          to="/rights/$id"
          id={request.id}
          icon="scale"
          title={t(`rights.kind.${request.kind}`)}
          text={[t(`rights.state.${request.state}`), leftText(daysLeft(request))].filter(Boolean).join(' · ')}
        />
      ))}
      {asked.length > NAMED && (
        <Row to="/rights" icon="scale" title={t('today.more', { n: asked.length - NAMED })} text="" />
      )}
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
  to: '/approvals' | '/exports' | '/outbox' | '/spot-checks' | '/rights' | '/rights/$id';
  id?: string;
  icon: IconName;
  title: string;
  text: string;
};

function Row({ to, id, icon, title, text }: RowProps) {
  return (
    <li className={css.plan}>
      <Link to={to} {...(id ? { params: { id } } : {})} className={css.row}>
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
