/**
 * What happened that concerns me: drawn from what the pages themselves show, so it can say nothing that they would not.
 *
 * The event stream says when to ask again; what was read is kept with the person.
 */
import { queryOptions, useQuery } from '@tanstack/react-query';
import { exportsQuery, handoversQuery, rightsQuery } from '@/api/cases';
import { spotChecksQuery } from '@/api/checks';
import { api } from '@/api/client';
import type { Alert } from '@/api/contract';
import { keepPreference, preferencesQuery } from '@/api/preferences';
import { meQuery, objectsQuery, tasksQuery, todayQuery } from '@/api/queries';
import { useSettled } from '../useSettled';
import {
  inOrder,
  type Notification,
  ofAlerts,
  ofExports,
  ofFallen,
  ofGiven,
  ofHandovers,
  ofRequests,
  ofSpotChecks,
  ofTasks,
} from './kinds';

const alertsQuery = queryOptions({
  queryKey: ['alerts', 'bell'],
  queryFn: async ({ signal }) =>
    (await api.get<{ alerts: Alert[] }>('/alerts?state=open&limit=20', { signal })).alerts,
  staleTime: 60_000,
});
/** As many as the server remembers. */
const MOST_READ = 400;

export function useNotifications(): {
  items: Notification[];
  unread: Set<string>;
  pending: boolean;
  /** Why some of it could not be asked; nothing that is not known is called nothing. */
  failed: unknown;
  again: () => void;
  read: (keys: string[]) => Promise<void>;
} {
  const me = useQuery(meQuery);
  const asks = useSettled() && me.data !== undefined;
  const may = (act: string) => asks && (me.data?.acts.includes(act) ?? false);
  const tasks = useQuery({ ...tasksQuery('all'), enabled: asks, staleTime: 60_000 });
  const cases = useQuery({ ...exportsQuery, enabled: asks, staleTime: 60_000 });
  const alerts = useQuery({ ...alertsQuery, enabled: may('alerts.receive') });
  const handovers = useQuery({ ...handoversQuery, enabled: may('handovers.run'), staleTime: 60_000 });
  const objects = useQuery({ ...objectsQuery, enabled: asks });
  const today = useQuery({ ...todayQuery, enabled: asks, staleTime: 60_000 });
  const asked = asks && (objects.data ?? []).some((object) => object.name === 'rights_request');
  const requests = useQuery({ ...rightsQuery('open'), enabled: asked, staleTime: 60_000 });
  const checks = useQuery({ ...spotChecksQuery, enabled: may('spot_checks.run'), staleTime: 60_000 });
  const preferences = useQuery({ ...preferencesQuery, enabled: asks });

  const all = [tasks, cases, alerts, handovers, objects, today, requests, checks, preferences];
  const lost = all.filter((query) => query.error && query.data === undefined);

  const now = Date.now();
  const items = inOrder(
    [
      ...ofTasks(tasks.data ?? [], me.data?.person.id ?? ''),
      ...ofExports(cases.data ?? []),
      ...ofAlerts(alerts.data ?? []),
      ...ofHandovers(handovers.data ?? []),
      ...ofGiven(today.data?.given ?? [], objects.data ?? []),
      ...ofFallen(today.data?.fallen ?? [], objects.data ?? []),
      ...ofRequests(requests.data ?? [], may('rights.answer'), now),
      ...ofSpotChecks(checks.data?.checks ?? []),
    ],
    now,
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
    pending: tasks.isPending || cases.isPending || preferences.isPending || all.some((one) => one.isLoading),
    failed: lost[0]?.error ?? null,
    again: () => {
      for (const query of lost) void query.refetch();
    },
    read: (keys) =>
      keepPreference('notifications', { read: [...new Set([...keys, ...known])].slice(0, MOST_READ) }),
  };
}
