/** One alert: what it says, what to make of it, the evidence open, what was done. */
import type { Alert } from '@/api/contract';
import { t } from '@/i18n';
import { dateTime, nearTime } from '@/i18n/format';
import { nameOf, whatText, whyText } from '@/records/alertWords';
import { problemText } from '@/records/problemText';
import { Avatar } from '@/ui/Avatar';
import { Button } from '@/ui/Button';
import { Icon } from '@/ui/Icon';
import { Tag, type Tone } from '@/ui/Tag';
import css from './alerts.module.css';
import { EvidenceList } from './EvidenceList';
import { Severity } from './Severity';
import { wasOvertaken } from './useResponse';

export const stateTones: Record<Alert['state'], Tone> = {
  open: 'cinnabar',
  acknowledged: 'amber',
  closed: 'grey',
};

type Props = {
  alert: Alert;
  /** Why the last answer was refused. */
  refused: unknown;
  onOnly?: (() => void) | undefined;
};

export function AlertDetail({ alert, refused, onOnly }: Props) {
  return (
    <>
      {refused ? <Refused alert={alert} error={refused} /> : null}
      <div className={css.summary}>
        <p className={css.line}>
          <Severity of={alert.severity} />
          <Tag tone={stateTones[alert.state]}>{t(`alerts.state.${alert.state}`)}</Tag>
        </p>
        <p className={css.what}>{whatText(alert)}</p>
        {whyText(alert) && <p className={css.why}>{whyText(alert)}</p>}
      </div>
      <dl className={css.about}>
        <div>
          <dt>{t('alerts.person')}</dt>
          <dd>
            {nameOf(alert.person)}
            {onOnly && (
              <Button look="link" onClick={onOnly}>
                {t('alerts.only.this')}
              </Button>
            )}
          </dd>
        </div>
        <div>
          <dt>{t('alerts.at')}</dt>
          <dd>
            {dateTime(alert.at)}
            <small>{t('alerts.rules', { rule: alert.rule, n: alert.rules_version })}</small>
          </dd>
        </div>
      </dl>
      <section className={css.part} aria-label={t('alerts.evidence')}>
        <h3>
          {t('alerts.evidence')}
          {alert.evidence.length > 0 && <small>{t('alerts.evidence.n', { n: alert.evidence.length })}</small>}
        </h3>
        <EvidenceList alert={alert} />
      </section>
      <section className={css.part} aria-label={t('alerts.trail')}>
        <h3>{t('alerts.trail')}</h3>
        {alert.responses.length === 0 && <p className={css.quiet}>{t('alerts.trail.none')}</p>}
        <ol className={css.trail}>
          {alert.responses.map((done) => (
            <li key={`${done.at} ${done.by.id} ${done.action}`}>
              <Avatar name={nameOf(done.by)} size={28} />
              <p>
                <b>{nameOf(done.by)}</b> {t(`alerts.did.${done.action}`)}
                {done.sessions !== undefined && <span> · {t('alerts.sessions', { n: done.sessions })}</span>}
                <time dateTime={done.at}>{nearTime(done.at)}</time>
                {done.note && <span className={css.said}>{done.note}</span>}
              </p>
            </li>
          ))}
        </ol>
      </section>
    </>
  );
}

/** Somebody else was first, or the answer could not be given. */
function Refused({ alert, error }: { alert: Alert; error: unknown }) {
  const last = alert.responses.at(-1);
  const text = !wasOvertaken(error)
    ? problemText(error)
    : last
      ? t('alerts.meanwhile', {
          name: nameOf(last.by),
          did: t(`alerts.did.${last.action}`),
          time: nearTime(last.at),
        })
      : t('alerts.meanwhile.plain');
  return (
    <p className={css.refused} role="alert">
      <Icon name="info" size={18} />
      {text}
    </p>
  );
}
