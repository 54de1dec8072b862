/** Where an administrator's day begins: their duties, from what is so now. Each number leads to where it is worked on. */
import { useQuery } from '@tanstack/react-query';
import { Link, type LinkProps } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { isGone } from '@/api/problem';
import { meQuery, todayQuery } from '@/api/queries';
import { say, t } from '@/i18n';
import { date } from '@/i18n/format';
import { ProblemState } from '@/records/ProblemState';
import { cx } from '@/ui/cx';
import desk from '@/ui/desk.module.css';
import { Icon, type IconName } from '@/ui/Icon';
import { Skeleton } from '@/ui/State';
import css from './duties.module.css';
import { accountsCount, type Counted, counted, openAlerts, presentCount } from './queries';

export function DutiesPage() {
  const me = useQuery(meQuery);
  if (me.isPending) return <Skeleton label={t('loading')} />;
  if (!me.data || isGone(me.error)) return <ProblemState error={me.error} retry={() => void me.refetch()} />;
  const may = (act: string) => me.data.acts.includes(act);
  return (
    <div className={desk.page}>
      <header className={desk.head}>
        <h1>{t('duties.title')}</h1>
        <span className={desk.meta}>{date(new Date().toISOString())}</span>
      </header>
      <p className={desk.why}>
        {t('duties.who', {
          name: me.data.person.name,
          roles: me.data.person.roles.map((role) => say(role.label) || role.name).join(t('list.comma')),
        })}
      </p>
      {may('people.manage') && <Accounts />}
      {may('roles.manage') && <Security />}
      {may('ledger.read') && <Audit />}
    </div>
  );
}

function Accounts() {
  const all = useQuery(accountsCount('active', 'all'));
  const once = useQuery(accountsCount('active', 'one_time'));
  const roleless = useQuery(accountsCount('active', 'roleless'));
  const frozen = useQuery(accountsCount('frozen', 'all'));
  const handovers = useQuery(counted('handover', ['planned', 'running']));
  return (
    <Duties title={t('duties.accounts')}>
      <Duty icon="me" word={t('duties.active')} query={all} to="/people" search={{ state: 'active' }} />
      <Duty
        icon="key"
        word={t('duties.one_time')}
        why={t('duties.one_time.why')}
        query={once}
        to="/people"
        tells
      />
      <Duty
        icon="lock"
        word={t('duties.roleless')}
        why={t('duties.roleless.why')}
        query={roleless}
        to="/people"
        tells
      />
      <Duty
        icon="offline"
        word={t('duties.frozen')}
        query={frozen}
        to="/people"
        search={{ state: 'frozen' }}
      />
      <Duty
        icon="transfer"
        word={t('duties.handovers')}
        why={t('duties.handovers.why')}
        query={handovers}
        to="/handovers"
        tells
      />
      <Way
        icon="customers"
        word={t('departments.title')}
        why={t('duties.departments.why')}
        to="/departments"
      />
    </Duties>
  );
}

function Security() {
  const alerts = useQuery(openAlerts);
  const today = useQuery(todayQuery);
  const present = useQuery(presentCount);
  const waiting = { ...today, data: today.data && { n: today.data.waiting, more: false } };
  return (
    <Duties title={t('duties.security')}>
      <Duty
        icon="alert"
        word={t('duties.alerts')}
        why={t('duties.alerts.why')}
        query={alerts}
        to="/alerts"
        tells
      />
      <Duty icon="approvals" word={t('duties.waiting')} query={waiting} to="/approvals" tells />
      <Duty icon="device" word={t('duties.present')} query={present} to="/sessions" />
      <Way icon="lock" word={t('roles.title')} why={t('duties.roles.why')} to="/roles" />
      <Way icon="eye" word={t('who.title')} why={t('who.hint')} to="/who" />
      <Way icon="clock" word={t('settings.rules')} why={t('duties.rules.why')} to="/settings" />
    </Duties>
  );
}

function Audit() {
  const alerts = useQuery(openAlerts);
  const exports = useQuery(counted('export_case', null));
  const erasures = useQuery(counted('erasure', null));
  return (
    <Duties title={t('duties.audit')}>
      <Way icon="ledger" word={t('duties.ledger')} why={t('duties.ledger.why')} to="/ledger" />
      <Duty
        icon="exports"
        word={t('duties.exports')}
        why={t('duties.exports.why')}
        query={exports}
        to="/register"
      />
      <Duty
        icon="alert"
        word={t('duties.alerts')}
        why={t('duties.alerts.audit')}
        query={alerts}
        to="/alerts"
      />
      <Duty icon="trash" word={t('duties.erasures')} query={erasures} to="/erasures" />
      <Way icon="lock" word={t('settings.title')} why={t('duties.settings.why')} to="/settings" />
    </Duties>
  );
}

function Duties({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className={desk.part} aria-label={title}>
      <h2>{title}</h2>
      <ul className={css.duties}>{children}</ul>
    </section>
  );
}

type Asked = { isPending: boolean; error: unknown; data: Counted | undefined };
type Way = Pick<LinkProps, 'to' | 'params' | 'search'> & { icon: IconName; word: string; why?: string };

/** A number that stands for work; `tells` colours it while there is any. */
function Duty({ icon, word, why, query, tells, ...link }: Way & { query: Asked; tells?: boolean }) {
  const { data } = query;
  const busy = tells && data !== undefined && data.n > 0;
  const number = data
    ? data.more
      ? t('duties.more', { n: data.n })
      : String(data.n)
    : query.error
      ? '—'
      : '…';
  return (
    <Card
      icon={icon}
      word={word}
      why={query.error ? t('duties.unknown') : why}
      end={<b className={cx(css.number, busy && css.busy)}>{number}</b>}
      {...link}
    />
  );
}

function Way(props: Way) {
  return <Card {...props} end={<Icon name="next" size={18} />} />;
}

function Card({
  icon,
  word,
  why,
  end,
  ...link
}: Omit<Way, 'why'> & { why?: string | undefined; end: ReactNode }) {
  const inside = (
    <>
      <Icon name={icon} />
      <span className={desk.words}>
        <b>{word}</b>
        {why && <span className={desk.meta}>{why}</span>}
      </span>
      {end}
    </>
  );
  return (
    <li>
      {link.to ? (
        <Link {...(link as { to: '/' })} className={css.duty}>
          {inside}
        </Link>
      ) : (
        <div className={css.duty}>{inside}</div>
      )}
    </li>
  );
}
