/** The rights desk: what customers ask for, by the time that is left. */
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useId } from 'react';
import { MOST_CASES, rightsQuery } from '@/api/cases';
import type { RightsRequest } from '@/api/contract';
import { t, tCode } from '@/i18n';
import { chartWords } from '@/i18n/chartWords';
import { date } from '@/i18n/format';
import { Newest } from '@/records/Newest';
import { ProblemState } from '@/records/ProblemState';
import { MOST_PRINTED, useOnPaper } from '@/records/print/paper';
import css from '@/records/rights/case.module.css';
import { daysLeft, leftText, leftTone, stateTones, used } from '@/records/rights/clock';
import { ChartFrame } from '@/ui/chart/ChartFrame';
import { Clocks } from '@/ui/chart/Clocks';
import { Icon } from '@/ui/Icon';
import { Skeleton, State } from '@/ui/State';
import { TabPanel, Tabs } from '@/ui/Tabs';
import { Tag } from '@/ui/Tag';

const route = getRouteApi('/app/rights');

/** So many clocks are seen at a glance; the list below has all. */
const MOST_CLOCKS = 6;

export function RightsPage() {
  const { tab = 'open' } = route.useSearch();
  const navigate = route.useNavigate();
  const panel = useId();
  const requests = useQuery(rightsQuery(tab));
  useOnPaper('rights_request', () => (requests.data ?? []).slice(0, MOST_PRINTED).map(({ id }) => id));
  return (
    <div className={css.page}>
      <h1 className={css.title}>{t('rights.title')}</h1>
      <p className={css.note}>{t('rights.note')}</p>
      <Tabs
        label={t('rights.tabs')}
        panel={panel}
        tabs={[
          { key: 'open', label: t('rights.tab.open') },
          { key: 'all', label: t('rights.tab.all') },
        ]}
        value={tab}
        onChange={(next) => void navigate({ search: next === 'open' ? {} : { tab: next }, replace: true })}
      />
      <TabPanel id={panel} tab={tab}>
        {requests.isPending && <Skeleton rows={4} label={t('loading')} />}
        {requests.error && <ProblemState error={requests.error} retry={() => void requests.refetch()} />}
        {requests.data?.length === 0 && (
          <State icon="approvals" title={t('rights.empty')} why={t('rights.empty.why')} />
        )}
        {requests.data && requests.data.length > 0 && (
          <>
            {tab === 'open' && <TimeLeft requests={requests.data} />}
            <ul className={css.list}>
              {requests.data.map((request) => (
                <li key={request.id}>
                  <Row request={request} />
                </li>
              ))}
            </ul>
            <Newest
              n={requests.data.length}
              most={MOST_CASES}
              className={css.note}
              {...(tab === 'open' ? { words: 'rights.first' as const } : {})}
            />
          </>
        )}
      </TabPanel>
    </div>
  );
}

function TimeLeft({ requests }: { requests: RightsRequest[] }) {
  const days = requests.map((request) => daysLeft(request) ?? 0);
  const late = days.filter((left) => left < 0).length;
  const soon = days.filter((left) => left >= 0 && left <= 3).length;
  return (
    <div className={css.chart}>
      <ChartFrame
        title={t('rights.clocks')}
        summary={t('rights.clocks.summary', { n: requests.length, late, soon })}
        words={chartWords()}
        note={t('rights.clocks.summary', { n: requests.length, late, soon })}
        columns={[
          { key: 'number', label: t('rights.clocks.number') },
          { key: 'kind', label: t('rights.clocks.kind') },
          { key: 'due', label: t('rights.clocks.due') },
          { key: 'left', label: t('rights.clocks.left'), end: true },
        ]}
        rows={requests.map((request) => ({
          key: request.id,
          cells: [
            request.number,
            t(`rights.kind.${request.kind}`),
            request.due_at ? date(request.due_at) : '',
            leftText(daysLeft(request)),
          ],
        }))}
      >
        <Clocks
          clocks={requests.slice(0, MOST_CLOCKS).map((request) => ({
            key: request.id,
            label: `${t(`rights.kind.${request.kind}`)} · ${request.number}`,
            text: leftText(daysLeft(request)),
            used: used(request),
            tone: leftTone(daysLeft(request)),
            late: (daysLeft(request) ?? 0) < 0,
          }))}
        />
      </ChartFrame>
    </div>
  );
}

function Row({ request }: { request: RightsRequest }) {
  const left = daysLeft(request);
  return (
    <Link to="/rights/$id" params={{ id: request.id }} className={css.row}>
      <span className={css.words}>
        <span className={css.line}>
          <b>{t(`rights.kind.${request.kind}`)}</b>
          <Tag tone={stateTones[request.state]}>{t(`rights.state.${request.state}`)}</Tag>
          {left !== null && <Tag tone={leftTone(left)}>{leftText(left)}</Tag>}
        </span>
        <span className={css.meta}>
          {request.customer.title && <span>{request.customer.title}</span>}
          <span>{request.number}</span>
          <span>{tCode('rights.channel', request.channel)}</span>
          {request.received_at && <span>{date(request.received_at)}</span>}
        </span>
      </span>
      <Icon name="next" size={18} />
    </Link>
  );
}
