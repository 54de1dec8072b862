/** Alerts in the order they came: what is open, the evidence beside it, the answer one tap away. */
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { useId, useState } from 'react';
import type { Alert } from '@/api/contract';
import { type AlertTab, alertQuery, alertsQuery } from '@/api/queries';
import { t } from '@/i18n';
import { nearTime } from '@/i18n/format';
import { nameOf, ruleText, whatText } from '@/records/alertWords';
import { NextProblem } from '@/records/NextProblem';
import { ProblemState } from '@/records/ProblemState';
import { MOST_PRINTED, useOnPaper } from '@/records/print/paper';
import { Button } from '@/ui/Button';
import { cx } from '@/ui/cx';
import { Icon } from '@/ui/Icon';
import { Segments } from '@/ui/Segments';
import { Sheet } from '@/ui/Sheet';
import { Skeleton, State } from '@/ui/State';
import { TabPanel, Tabs } from '@/ui/Tabs';
import { Tag } from '@/ui/Tag';
import { useDesktop } from '@/ui/useMedia';
import { AlertDetail, stateTones } from './AlertDetail';
import css from './alerts.module.css';
import { ResponseBar } from './ResponseBar';
import { Severity } from './Severity';
import { useResponse } from './useResponse';

const route = getRouteApi('/app/alerts');
const states: AlertTab[] = ['open', 'acknowledged', 'closed', 'all'];
export type AlertSearch = {
  tab?: AlertTab | undefined;
  severity?: Alert['severity'] | undefined;
  person?: string | undefined;
  open?: string | undefined;
};
type Grave = Alert['severity'] | 'any';
const grave: Grave[] = ['any', 'medium', 'high', 'critical'];

export function AlertsPage() {
  const { tab = 'open', severity, person, open } = route.useSearch();
  const navigate = useNavigate({ from: '/alerts' });
  const desktop = useDesktop();
  const panel = useId();
  const sought = { state: tab, ...(severity ? { severity } : {}), ...(person ? { person } : {}) };
  const page = useInfiniteQuery(alertsQuery(sought));
  const alerts = page.data?.pages.flatMap((part) => part.alerts) ?? [];
  useOnPaper('alert', () => alerts.slice(0, MOST_PRINTED).map((alert) => alert.id));
  const filtered = severity !== undefined || person !== undefined;
  const first = useFirst(`${tab} ${severity} ${person}`, alerts[0]?.id);
  const shown = open ?? (desktop ? first : undefined);
  /** Changes a part of the address. What opens over the list on a phone is a step that "back" takes back. */
  const go = (part: AlertSearch, step = false) =>
    void navigate({ search: (old) => ({ ...old, ...part }), replace: !step });

  const onOnly = person ? undefined : (id: string) => go({ person: id, tab: 'all', open: undefined });
  return (
    <div className={css.page}>
      <header className={css.head}>
        <h1>{t('alerts.title')}</h1>
        <p>{t('alerts.note')}</p>
      </header>
      <Tabs<AlertTab>
        label={t('alerts.title')}
        panel={panel}
        value={tab}
        onChange={(key) => go({ tab: key, open: undefined })}
        tabs={states.map((key) => ({ key, label: t(`alerts.tab.${key}`) }))}
      />
      <div className={css.filters}>
        <Segments<Grave>
          label={t('alerts.severity')}
          look="chips"
          value={severity ?? 'any'}
          onChange={(key) => go({ severity: key === 'any' ? undefined : key, open: undefined })}
          options={grave.map((key) => ({ key, label: t(`alerts.severity.${key}`) }))}
        />
        {person && (
          <button type="button" className={css.chip} onClick={() => go({ person: undefined })}>
            {alerts[0] ? t('alerts.only', { name: nameOf(alerts[0].person) }) : t('alerts.only.this')}
            <Icon name="close" size={16} />
            <span className="sr">{t('remove')}</span>
          </button>
        )}
      </div>
      <TabPanel id={panel} tab={tab}>
        {page.isPending && <Skeleton label={t('loading')} />}
        {page.error && alerts.length === 0 && (
          <ProblemState error={page.error} retry={() => page.refetch()} />
        )}
        {page.data && alerts.length === 0 && (
          <State
            icon="bell"
            title={filtered ? t('alerts.empty.filtered') : t(`alerts.empty.${tab}`)}
            why={filtered ? t('alerts.empty.filtered.why') : t('alerts.empty.why')}
            action={
              filtered ? (
                <Button onClick={() => go({ severity: undefined, person: undefined })}>
                  {t('alerts.unfilter')}
                </Button>
              ) : undefined
            }
          />
        )}
        <div className={cx(css.desk, desktop && alerts.length > 0 && css.split)}>
          <div>
            <ul className={css.list}>
              {alerts.map((alert) => (
                <AlertRow
                  key={alert.id}
                  alert={alert}
                  on={desktop && alert.id === shown}
                  onOpen={() => go({ open: alert.id }, !desktop)}
                />
              ))}
            </ul>
            <NextProblem page={page} />
            {page.hasNextPage && (
              <div className={css.more}>
                <Button busy={page.isFetchingNextPage} onClick={() => void page.fetchNextPage()}>
                  {t('alerts.more')}
                </Button>
              </div>
            )}
          </div>
          {desktop && shown && <Pane key={shown} id={shown} onOnly={onOnly} />}
        </div>
      </TabPanel>
      {!desktop && shown && (
        <PhoneSheet key={shown} id={shown} onClose={() => go({ open: undefined })} onOnly={onOnly} />
      )}
    </div>
  );
}

/**
 * The first alert of a list as it was first drawn. One that is raised meanwhile takes its place in the list and not in the
 * pane: what was aimed at one person must not meet another.
 */
function useFirst(list: string, first: string | undefined): string | undefined {
  const [held, hold] = useState<{ list: string; id: string } | null>(null);
  if (held?.list === list) return held.id;
  if (first) hold({ list, id: first });
  return first;
}

function AlertRow({ alert, on, onOpen }: { alert: Alert; on: boolean; onOpen: () => void }) {
  return (
    <li>
      <button type="button" className={css.row} aria-current={on || undefined} onClick={onOpen}>
        <Severity of={alert.severity} word={false} />
        <span className={css.words}>
          <span className={css.line}>
            <b>{nameOf(alert.person)}</b>
            <Tag tone={stateTones[alert.state]}>{t(`alerts.state.${alert.state}`)}</Tag>
            <time dateTime={alert.at}>{nearTime(alert.at)}</time>
          </span>
          <span>{ruleText(alert.rule)}</span>
          <span className={css.meta}>{whatText(alert)}</span>
        </span>
      </button>
    </li>
  );
}

type Opened = { id: string; onOnly: ((person: string) => void) | undefined };

/** The answer survives the refresh that it causes: what was refused stays until the next try. */
function useOpened(id: string) {
  const alert = useQuery(alertQuery(id));
  const response = useResponse(id);
  return { alert, response };
}

function Pane({ id, onOnly }: Opened) {
  const { alert, response } = useOpened(id);
  const title = useId();
  return (
    <section className={css.pane} aria-labelledby={title}>
      {alert.isPending && <Skeleton rows={4} label={t('loading')} />}
      {alert.error && <ProblemState error={alert.error} retry={() => alert.refetch()} small />}
      {alert.data && (
        <>
          <h2 id={title}>{ruleText(alert.data.rule)}</h2>
          <ResponseBar alert={alert.data} response={response} />
          <AlertDetail
            alert={alert.data}
            refused={response.error}
            onOnly={onOnly && (() => onOnly(alert.data.person.id))}
          />
        </>
      )}
    </section>
  );
}

function PhoneSheet({ id, onOnly, onClose }: Opened & { onClose: () => void }) {
  const { alert, response } = useOpened(id);
  return (
    <Sheet
      title={alert.data ? ruleText(alert.data.rule) : t('alerts.title')}
      closeWord={t('close')}
      onClose={onClose}
      footer={
        alert.data && alert.data.state !== 'closed' ? (
          <ResponseBar alert={alert.data} response={response} />
        ) : undefined
      }
    >
      {alert.isPending && <Skeleton rows={4} label={t('loading')} />}
      {alert.error && <ProblemState error={alert.error} retry={() => alert.refetch()} small />}
      {alert.data && (
        <AlertDetail
          alert={alert.data}
          refused={response.error}
          onOnly={onOnly && (() => onOnly(alert.data.person.id))}
        />
      )}
    </Sheet>
  );
}
