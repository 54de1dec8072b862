/** Where a rep's day begins: what is due, what is late, what is new, what is about to be lost. */
import { queryOptions, useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import { rightsQuery } from '@/api/cases';
import { spotChecksQuery } from '@/api/checks';
import type { KedunRecord } from '@/api/contract';
import { meQuery, objectQuery, todayQuery } from '@/api/queries';
import { moreWords, saySome, t } from '@/i18n';
import { date, time } from '@/i18n/format';
import { useOutbox } from '@/offline/useOutbox';
import { CUSTOMER } from '@/path';
import { FollowUpSheet, type Target } from '@/records/followup/FollowUpSheet';
import { readPlan } from '@/records/followup/shape';
import { useFollowable } from '@/records/followup/useFollowable';
import { Card } from '@/records/list/Card';
import { ProblemState } from '@/records/ProblemState';
import { titleOf } from '@/records/title';
import { useHas } from '@/records/useHas';
import { useOpenAlerts } from '@/shell/useAlerts';
import { Button } from '@/ui/Button';
import { Icon } from '@/ui/Icon';
import { Skeleton, State } from '@/ui/State';
import { OwnedList, useOwned } from './Owned';
import { PlanRow } from './PlanRow';
import { TeamRow } from './TeamRow';
import css from './today.module.css';
import { spotWaits, Waiting } from './Waiting';

/** A team's are not one's own work: the first say that there are some. */
const FEW = 5;

type Writing = { target: Target; plan?: KedunRecord };

function greeting(): string {
  // The company's hour: everything else on this page is in its zone.
  const hour = Number.parseInt(time(new Date().toISOString()), 10);
  if (hour < 5) return t('today.evening');
  if (hour < 11) return t('today.morning');
  if (hour < 14) return t('today.noon');
  if (hour < 18) return t('today.afternoon');
  return t('today.evening');
}

/** What a desk's rows say is among the words that the first screens do not bring along. */
const deskWords = queryOptions({
  queryKey: ['words', 'desk'],
  queryFn: async () => {
    await moreWords();
    return true;
  },
  staleTime: Number.POSITIVE_INFINITY,
});

export function TodayPage() {
  const me = useQuery(meQuery);
  const today = useQuery(todayQuery);
  const has = useHas();
  const plan = useQuery({ ...objectQuery('plan'), enabled: has('plan') });
  const lead = useQuery({ ...objectQuery('lead'), enabled: Boolean(today.data?.leads_due.length) });
  const customer = useQuery({ ...objectQuery(CUSTOMER), enabled: has(CUSTOMER) });
  const followUp = useQuery({
    ...objectQuery('follow_up'),
    enabled: Boolean(today.data?.team?.followed_up.length),
  });
  const alerts = useOpenAlerts(me.data);
  const navigate = useNavigate();
  const [writing, setWriting] = useState<Writing | null>(null);
  const [all, setAll] = useState(false);
  const outbox = useOutbox();
  const answers = me.data?.acts.includes('rights.answer') ?? false;
  const rights = useQuery({ ...rightsQuery('open'), enabled: answers });
  const words = useQuery({ ...deskWords, enabled: answers });
  // What lies with who is in charge is not this person's to do now.
  const asked = (answers && words.data ? (rights.data ?? []) : []).filter((request) =>
    ['identity', 'open'].includes(request.state),
  );
  const spot = useQuery({
    ...spotChecksQuery,
    enabled: me.data?.acts.includes('spot_checks.run') ?? false,
  });

  function carryOut(record: KedunRecord) {
    const view = readPlan(record, plan.data);
    if (!view.customer || !view.object) return undefined;
    const target = {
      object: view.object,
      id: view.customer.id,
      title: view.customer.title ?? titleOf(record),
    };
    return () => setWriting({ target, plan: record });
  }
  const followable = useFollowable(customer.data);
  const owned = useOwned();
  const follow = (record: KedunRecord) =>
    setWriting({ target: { object: record.object, id: record.id, title: titleOf(record) } });

  const cards = (records: KedunRecord[], def = customer.data) =>
    def && (
      <ul className={css.cards}>
        {records.map((record) => (
          <Card
            key={record.id}
            record={record}
            object={def}
            onFollowUp={followable && def === customer.data ? () => follow(record) : undefined}
          />
        ))}
      </ul>
    );
  const plans = (records: KedunRecord[]) => (
    <ul className={css.plans}>
      {records.map((record) => (
        <PlanRow
          key={record.id}
          plan={record}
          def={plan.data}
          customer={customer.data}
          waiting={
            outbox.find((entry) => entry.plan === record.id && !entry.refused) ??
            outbox.find((entry) => entry.plan === record.id)
          }
          onFollowUp={carryOut(record)}
        />
      ))}
    </ul>
  );

  const data = today.data;
  // What waits for somebody is asked for apart; until it is known, nobody is told that nothing does.
  const beside = [rights, words, spot, ...owned.asked];
  const missing = beside.find((query) => query.error && !query.data);
  const empty =
    data &&
    !spotWaits(spot.data) &&
    owned.lists.length === 0 &&
    [
      data.due,
      data.overdue,
      data.new_assignments,
      data.falling,
      data.leads_due,
      data.decisions,
      data.ready,
      outbox,
      asked,
      data.team?.falling,
      data.team?.followed_up,
    ]
      .map((list) => list?.length ?? 0)
      .every((n) => n === 0);
  const asking = beside.some((query) => query.isLoading);
  return (
    <div className={css.page}>
      <header className={css.head}>
        <div>
          <h1>{t('today.title')}</h1>
          <p>
            {me.data && t('today.hello', { greeting: greeting(), name: me.data.person.name })}
            <span>{date(new Date().toISOString())}</span>
          </p>
        </div>
        <div className={css.links}>
          {me.data?.objects.includes(CUSTOMER) && (
            <Link to="/board" className={css.board}>
              <Icon name="opportunity" size={18} />
              {t('board.title')}
            </Link>
          )}
          {alerts > 0 && (
            <Link to="/alerts" className={css.alerts}>
              <Icon name="bell" size={18} />
              {t('alerts.open_n', { n: alerts })}
            </Link>
          )}
        </div>
      </header>
      {(today.isPending || (empty && asking)) && <Skeleton label={t('loading')} />}
      {today.error && !data && <ProblemState error={today.error} retry={() => today.refetch()} />}
      {missing?.error && <ProblemState error={missing.error} retry={() => missing.refetch()} small />}
      {empty && !asking && !missing && (
        <State
          icon="today"
          title={t('today.empty')}
          why={owned.serves ? t('today.empty.owned') : t('today.empty.why')}
          action={
            me.data?.objects.includes(CUSTOMER) && (
              <Button onClick={() => void navigate({ to: '/records/$object', params: { object: CUSTOMER } })}>
                {t('today.empty.next')}
              </Button>
            )
          }
        />
      )}
      {data && (
        <div className={css.sections}>
          <Section title={t('today.overdue')} n={data.counts.overdue} tone="late">
            {plans(data.overdue)}
            <More shown={data.overdue.length} of={data.counts.overdue} object="plan" view="overdue" />
          </Section>
          <Section title={t('today.due')} n={data.counts.due}>
            {plans(data.due)}
            <More shown={data.due.length} of={data.counts.due} object="plan" view="today" />
          </Section>
          <Section title={t('today.leads')} n={data.counts.leads_due} why={t('today.leads.why')}>
            {data.leads_due.length > 0 && lead.data && cards(data.leads_due, lead.data)}
            <More shown={data.leads_due.length} of={data.counts.leads_due} object="lead" view="mine" />
          </Section>
          {owned.lists.map((list) => (
            <Section
              key={list.object.name}
              title={t('today.owned', { object: saySome(list.object.label) })}
              n={list.open}
              late={list.late > 0 ? t('today.owned.late', { n: list.late }) : undefined}
            >
              <OwnedList {...list} />
            </Section>
          ))}
          <Section
            title={t('today.for_me')}
            n={
              data.waiting +
              data.ready.length +
              asked.length +
              (outbox.length > 0 ? 1 : 0) +
              (spotWaits(spot.data) ? 1 : 0)
            }
          >
            <Waiting today={data} outbox={outbox} spot={spot.data} asked={asked} />
          </Section>
          <Section title={t('today.falling')} n={data.counts.falling} why={t('today.falling.why')}>
            {cards(data.falling)}
            <More shown={data.falling.length} of={data.counts.falling} object={CUSTOMER} view="falling" />
          </Section>
          <Section title={t('today.new')} n={data.counts.new_assignments}>
            {cards(data.new_assignments)}
            <More
              shown={data.new_assignments.length}
              of={data.counts.new_assignments}
              object={CUSTOMER}
              view="new"
            />
          </Section>
          <Section
            title={t('today.team.falling')}
            n={data.team?.falling.length ?? 0}
            more={data.team?.more_falling}
          >
            {cards((data.team?.falling ?? []).slice(0, all ? undefined : FEW))}
            {!all && (data.team?.falling.length ?? 0) > FEW && (
              <button type="button" className={css.more} onClick={() => setAll(true)}>
                {t(data.team?.more_falling ? 'today.team.first' : 'today.team.all', {
                  n: data.team?.falling.length ?? 0,
                })}
              </button>
            )}
          </Section>
          <Section
            title={t('today.team.followed')}
            n={data.team?.followed_up.length ?? 0}
            more={data.team?.more_followed_up}
          >
            <ul className={css.plans}>
              {data.team?.followed_up.map((record) => (
                <TeamRow key={record.id} record={record} def={followUp.data} />
              ))}
            </ul>
          </Section>
        </div>
      )}
      {writing && (
        <FollowUpSheet target={writing.target} plan={writing.plan} onClose={() => setWriting(null)} />
      )}
    </div>
  );
}

/** The rest of a list that is longer than a screen of today. */
export function More({
  shown,
  of,
  object,
  view,
}: {
  shown: number;
  of: number;
  object: string;
  view?: string;
}) {
  if (of <= shown) return null;
  return (
    <Link to="/records/$object" params={{ object }} search={view ? { view } : {}} className={css.more}>
      {t('today.more', { n: of - shown })}
    </Link>
  );
}

type SectionProps = {
  title: string;
  n: number;
  /** Whether there are more than these. */
  more?: boolean | undefined;
  tone?: 'late';
  /** How many of them are late, where not all are. */
  late?: string | undefined;
  why?: string;
  children: ReactNode;
};

function Section({ title, n, more, tone, late, why, children }: SectionProps) {
  if (n === 0) return null;
  return (
    <section className={css.section} aria-label={title}>
      <h2>
        {title}
        <span className={tone ? css.late : css.n}>{more ? t('today.at_least', { n }) : n}</span>
        {late && <span className={css.late}>{late}</span>}
        {why && <small>{why}</small>}
      </h2>
      {children}
    </section>
  );
}
