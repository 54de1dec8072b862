/**
 * What happened that concerns me: drawn from what the pages themselves show, so it can say nothing that they would not.
 *
 * The event stream says when to ask again; what was read is kept with the person.
 */
import { queryOptions, useQuery } from '@tanstack/react-query';
import { api } from '@/api/client';
import type { Alert, ExportCase, Handover, Task } from '@/api/contract';
import { keepPreference, preferencesQuery } from '@/api/preferences';
import { exportsQuery, meQuery, tasksQuery } from '@/api/queries';
import { t, tCode } from '@/i18n';
import type { IconName } from '@/ui/Icon';
import { useSettled } from '../useSettled';

export type Notification = {
  /** What it is of, and in which state: another state is news again. */
  key: string;
  at: string;
  icon: IconName;
  text: string;
  path: string;
  urgent?: boolean;
};

const alertsQuery = queryOptions({
  queryKey: ['alerts', 'bell'],
  queryFn: async ({ signal }) =>
    (await api.get<{ alerts: Alert[] }>('/alerts?state=open&limit=20', { signal })).alerts,
  staleTime: 60_000,
});
const handoversQuery = queryOptions({
  queryKey: ['handovers', 'bell'],
  queryFn: async ({ signal }) =>
    (await api.get<{ handovers: Handover[] }>('/handovers', { signal })).handovers,
  staleTime: 60_000,
});

/** Older news is in its own page. */
const DAYS = 14;
const MOST = 40;
/** As many as the server remembers. */
const MOST_READ = 400;
/** A state in which something has happened to an export that its person waits for. */
const settled: ExportCase['state'][] = ['ready', 'rejected', 'failed'];

export function ofTasks(tasks: Task[], me: string): Notification[] {
  return tasks.flatMap((task): Notification[] => {
    const kind = tCode('task.kind', task.kind);
    if (task.decidable && task.state === 'open')
      return [
        {
          key: `task:${task.id}`,
          at: task.created_at,
          icon: 'approvals',
          text: t('notification.task', { kind, name: task.requester.name ?? '' }),
          path: '/approvals',
        },
      ];
    // Exports say themselves what became of them.
    if (task.requester.id !== me || !task.decided_at || task.kind === 'export') return [];
    return [
      {
        key: `task:${task.id}:${task.state}`,
        at: task.decided_at,
        icon: 'approvals',
        text: t('notification.decided', { kind, state: tCode('task.state', task.state) }),
        path: '/approvals?tab=done',
      },
    ];
  });
}

export function ofExports(cases: ExportCase[]): Notification[] {
  return cases
    .filter((item) => settled.includes(item.state))
    .map((item) => ({
      key: `export:${item.id}:${item.state}`,
      at: item.decided_at ?? item.created_at,
      icon: 'exports',
      text: t('notification.export', { number: item.number, state: tCode('export.state', item.state) }),
      path: '/exports',
    }));
}

function ofAlerts(alerts: Alert[]): Notification[] {
  return alerts.map((alert) => ({
    key: `alert:${alert.id}`,
    at: alert.at,
    icon: 'alert',
    text: t('notification.alert', { name: alert.person.name ?? '' }),
    path: '/alerts',
    urgent: alert.severity !== 'medium',
  }));
}

function ofHandovers(cases: Handover[]): Notification[] {
  return cases.flatMap((item): Notification[] =>
    item.state === 'done' && item.finished_at
      ? [
          {
            key: `handover:${item.id}:done`,
            at: item.finished_at,
            icon: 'handover',
            text: t('notification.handover', { name: item.person?.name ?? item.number }),
            path: '/handovers',
          },
        ]
      : [],
  );
}

/** Newest first, without what is long past. */
export function inOrder(all: Notification[], now: number): Notification[] {
  return all
    .filter((item) => new Date(item.at).getTime() > now - DAYS * 86_400_000)
    .sort((a, b) => b.at.localeCompare(a.at))
    .slice(0, MOST);
}

export function useNotifications(): {
  items: Notification[];
  unread: Set<string>;
  pending: boolean;
  read: (keys: string[]) => Promise<void>;
} {
  const me = useQuery(meQuery);
  const asks = useSettled() && me.data !== undefined;
  const may = (act: string) => asks && (me.data?.acts.includes(act) ?? false);
  const tasks = useQuery({ ...tasksQuery('all'), enabled: asks, staleTime: 60_000 });
  const cases = useQuery({ ...exportsQuery, enabled: asks, staleTime: 60_000 });
  const alerts = useQuery({ ...alertsQuery, enabled: may('alerts.receive') });
  const handovers = useQuery({ ...handoversQuery, enabled: may('handovers.run') });
  const preferences = useQuery({ ...preferencesQuery, enabled: asks });

  const items = inOrder(
    [
      ...ofTasks(tasks.data ?? [], me.data?.person.id ?? ''),
      ...ofExports(cases.data ?? []),
      ...ofAlerts(alerts.data ?? []),
      ...ofHandovers(handovers.data ?? []),
    ],
    Date.now(),
  );
  const kept = preferences.data?.notifications?.read;
  const known = new Set(Array.isArray(kept) ? (kept as string[]) : []);
  // Until it is known what was read, nothing is called new.
  const unread = new Set(
    preferences.isSuccess ? items.map((item) => item.key).filter((key) => !known.has(key)) : [],
  );
  return {
    items,
    unread,
    pending: tasks.isPending || cases.isPending || preferences.isPending,
    read: (keys) =>
      keepPreference('notifications', { read: [...new Set([...keys, ...known])].slice(0, MOST_READ) }),
  };
}
