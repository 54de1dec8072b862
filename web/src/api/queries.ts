/**
 * TanStack Query options per resource: keys live here and nowhere else.
 *
 * The cache is memory only and holds what the lists show, that is masked values and what the person may
 * read anyway. A revealed value never enters it; see records/reveal.
 */

import {
  type InfiniteData,
  infiniteQueryOptions,
  keepPreviousData,
  type QueryKey,
  queryOptions,
} from '@tanstack/react-query';
import { setZone } from '@/i18n/format';
import { byName } from '@/i18n/order';
import { api, fetchBytes, recordPath, seg } from './client';
import type {
  Alert,
  AlertPage,
  Board,
  Change,
  Comparison,
  Consent,
  ConversionPreview,
  Device,
  Entry,
  Files,
  Found,
  KedunRecord,
  Look,
  LooksByHour,
  Me,
  Notice,
  ObjectDef,
  ObjectRef,
  Person,
  Query,
  RecordPage,
  Session,
  ShareView,
  Standing,
  Task,
  Timeline,
  Today,
} from './contract';
import { FreshClient } from './freshClient';
import { isProblem } from './problem';

export const queryClient = new FreshClient({
  defaultOptions: {
    // Without a network a call fails at once and says so; the default would leave a page waiting, and send a change
    // by itself whenever the network is back.
    mutations: { networkMode: 'always' },
    queries: {
      networkMode: 'always',
      staleTime: 15_000,
      gcTime: 10 * 60_000,
      // A refusal stays a refusal; only a lost network is worth a second try.
      retry: (count, error) => count < 2 && (!isProblem(error) || error.status === 0 || error.status >= 502),
      refetchOnWindowFocus: true,
      // Off by default beside `always`: what could not be fetched comes by itself when the network is back.
      refetchOnReconnect: true,
    },
  },
});

const HOUR = 3_600_000;
/** So many pages of a list are asked for again as a matter of course. */
const FEW = 2;

/** Whatever says who we are says by which clock times are written. */
export function byOurClock<T extends { utc_offset_minutes: number }>(answer: T): T {
  setZone(answer.utc_offset_minutes);
  return answer;
}

/** What a page was built from: the definitions in force, and what this person may do. */
const builtFrom = ({ catalog, person, acts, objects }: Me) =>
  JSON.stringify([catalog, person.roles.map(({ name }) => name), acts, objects]);

/** Objects are kept for an hour. Somebody published meanwhile, or gave another role: they are asked for again. */
export function heedRules(before: Me | undefined, now: Me): void {
  if (!before || builtFrom(before) === builtFrom(now)) return;
  for (const queryKey of [['objects'], ['object'], ['record']])
    void queryClient.invalidateQueries({ queryKey });
}

const ME = ['me'];
export const meQuery = queryOptions({
  queryKey: ME,
  queryFn: async ({ signal }) => {
    const me = byOurClock(await api.get<Me>('/me', { signal }));
    heedRules(queryClient.getQueryData<Me>(ME), me);
    return me;
  },
  staleTime: 60_000,
});
export const objectsQuery = queryOptions({
  queryKey: ['objects'],
  queryFn: async ({ signal }) => (await api.get<{ objects: ObjectRef[] }>('/objects', { signal })).objects,
  staleTime: HOUR,
});
export const objectQuery = (object: string) =>
  queryOptions({
    queryKey: ['object', object],
    queryFn: ({ signal }) => api.get<ObjectDef>(`/objects/${seg(object)}`, { signal }),
    staleTime: HOUR,
  });
export const todayQuery = queryOptions({
  queryKey: ['today'],
  queryFn: ({ signal }) => api.get<Today>('/today', { signal }),
});
/** The first few of one's own that are due; of Today, so that whatever changes the day asks for them again. */
export const ownedQuery = (object: string, query: Query) =>
  queryOptions({
    queryKey: ['today', 'owned', object, query],
    queryFn: ({ signal }) => api.post<RecordPage>(`/objects/${seg(object)}/query`, query, { signal }),
  });
export const boardQuery = (days: number, quiet: number) =>
  queryOptions({
    queryKey: ['board', days, quiet],
    queryFn: ({ signal }) => api.get<Board>(`/insight/board?days=${days}&quiet=${quiet}`, { signal }),
    // Another period is another look at the same board: what was there stays until it comes.
    placeholderData: keepPreviousData,
    staleTime: 60_000,
  });
export const recordsQuery = (object: string, query: Query, options: { anonymous?: boolean } = {}) =>
  infiniteQueryOptions({
    queryKey: ['records', object, query],
    queryFn: ({ pageParam, signal }) =>
      api.post<RecordPage>(
        `/objects/${seg(object)}/query`,
        // The count is asked once, with the first page: counting is the dear part. Who reads on reads much.
        pageParam ? { ...query, count: false, limit: 200, cursor: pageParam } : query,
        { ...options, signal },
      ),
    initialPageParam: '',
    getNextPageParam: (last) => last.next_cursor || undefined,
    refetchOnWindowFocus: (held) => (held.state.data?.pages.length ?? 0) <= FEW,
  });
/** What lies in the recycle bin, what was put there last first. Apart from the lists: nothing of it is in any of them. */
export const binQuery = (object: string) =>
  infiniteQueryOptions({
    queryKey: ['bin', object],
    queryFn: ({ pageParam, signal }) => {
      const query: Query = { deleted: true, limit: 50, sort: [{ field: 'updated_at', dir: 'desc' }] };
      const asked = pageParam ? { ...query, cursor: pageParam } : query;
      return api.post<RecordPage>(`/objects/${seg(object)}/query`, asked, { signal });
    },
    initialPageParam: '',
    getNextPageParam: (last) => last.next_cursor || undefined,
  });
export const recordQuery = (object: string, id: string) =>
  queryOptions({
    queryKey: ['record', object, id],
    queryFn: ({ signal }) => api.get<KedunRecord>(recordPath(object, id), { signal }),
  });
/** What converting a record would take along, at this revision of it. */
export const conversionQuery = (record: KedunRecord) =>
  queryOptions({
    queryKey: ['conversion', record.object, record.id, record.revision],
    queryFn: ({ signal }) =>
      api.post<ConversionPreview>(
        `${recordPath(record.object, record.id)}/conversions/previews`,
        {},
        { signal },
      ),
    gcTime: 0,
  });
/** As many as the server gives: who finds so many has to say more. */
export const MOST_FOUND = 50;
export const searchQuery = (object: string, q: string) =>
  queryOptions({
    queryKey: ['search', object, q],
    queryFn: ({ signal }) =>
      api.post<Found>(`/objects/${seg(object)}/search`, { q, limit: MOST_FOUND }, { signal }),
    enabled: q.trim().length > 0,
    gcTime: 60_000,
  });
/** Over all objects at once, for the palette. */
export const searchEverywhereQuery = (q: string) =>
  queryOptions({
    queryKey: ['search', '', q],
    queryFn: ({ signal }) => api.post<Found>('/search', { q, limit: 12 }, { signal }),
    enabled: q.length > 0,
    gcTime: 60_000,
  });
export const timelineQuery = (object: string, id: string) =>
  infiniteQueryOptions({
    queryKey: ['timeline', object, id],
    queryFn: ({ pageParam, signal }) =>
      api.get<Timeline>(`${recordPath(object, id)}/timeline${pageParam ? `?cursor=${seg(pageParam)}` : ''}`, {
        signal,
      }),
    initialPageParam: '',
    getNextPageParam: (last) => last.next_cursor || undefined,
  });
export const audienceQuery = (object: string, id: string) =>
  queryOptions({
    queryKey: ['audience', object, id],
    queryFn: async ({ signal }) =>
      (await api.get<{ looks: Look[] }>(`${recordPath(object, id)}/audience`, { signal })).looks,
    staleTime: 0,
  });
export const filesQuery = (customer: string) =>
  queryOptions({
    queryKey: ['files', customer],
    queryFn: ({ signal }) => api.get<Files>(`${recordPath('customer', customer)}/files`, { signal }),
  });
/** What a file holds. Each time it is asked for is a look in the log, so it is not asked for again while it is at hand. */
export const fileQuery = (customer: string, id: string) =>
  queryOptions({
    queryKey: ['file', customer, id],
    queryFn: () => fetchBytes(`${recordPath('customer', customer)}/files/${seg(id)}`),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 60_000,
    refetchOnWindowFocus: false,
  });
export const sharesQuery = (object: string, id: string) =>
  queryOptions({
    queryKey: ['shares', object, id],
    queryFn: async ({ signal }) =>
      (await api.get<{ shares: ShareView[] }>(`${recordPath(object, id)}/shares`, { signal })).shares,
  });
export const historyQuery = (object: string, id: string) =>
  queryOptions({
    queryKey: ['history', object, id],
    queryFn: async ({ signal }) =>
      (await api.get<{ changes: Change[] }>(`${recordPath(object, id)}/history`, { signal })).changes,
    staleTime: 0,
  });
export type LookKind = 'read' | 'reveal' | 'export';
export const looksQuery = (kind: LookKind, days: number) =>
  queryOptions({
    queryKey: ['looks', kind, days],
    queryFn: ({ signal }) => api.get<LooksByHour>(`/looks/hours?kind=${kind}&days=${days}`, { signal }),
    staleTime: 60_000,
  });
export const consentsQuery = (object: string, id: string) =>
  queryOptions({
    queryKey: ['consents', id],
    queryFn: async ({ signal }) =>
      (await api.get<{ consents: Consent[] }>(`${recordPath(object, id)}/consents`, { signal })).consents,
  });
export const noticeQuery = (purpose: string, language: string) =>
  queryOptions({
    queryKey: ['notice', purpose, language],
    queryFn: ({ signal }) => api.get<Notice>(`/notices/${seg(purpose)}`, { signal }),
    staleTime: 5 * 60_000,
  });
export const peopleQuery = (q: string) =>
  queryOptions({
    queryKey: ['people', q],
    queryFn: async ({ signal }) => {
      const { people } = await api.get<{ people: Person[] }>(`/people?q=${seg(q)}`, { signal });
      return people.sort(byName);
    },
    staleTime: 60_000,
  });
export const personQuery = (id: string) =>
  queryOptions({
    queryKey: ['people', 'one', id],
    queryFn: ({ signal }) => api.get<Person>(`/people/${seg(id)}`, { signal }),
    staleTime: 60_000,
  });
export const departmentsQuery = queryOptions({
  queryKey: ['departments'],
  queryFn: async ({ signal }) =>
    (await api.get<{ departments: { id: string; name: string }[] }>('/departments', { signal })).departments,
  staleTime: HOUR,
});
export const standingQuery = queryOptions({
  queryKey: ['standing'],
  queryFn: ({ signal }) => api.get<Standing>('/me/standing', { signal }),
  staleTime: 0,
});
export const sessionsQuery = queryOptions({
  queryKey: ['sessions'],
  queryFn: async ({ signal }) => (await api.get<{ sessions: Session[] }>('/sessions', { signal })).sessions,
});
export const devicesQuery = queryOptions({
  queryKey: ['devices'],
  queryFn: async ({ signal }) => (await api.get<{ devices: Device[] }>('/devices', { signal })).devices,
});
export const tasksQuery = (state: 'open' | 'all') =>
  queryOptions({
    queryKey: ['tasks', state],
    queryFn: async ({ signal }) =>
      (await api.get<{ tasks: Task[] }>(state === 'open' ? '/tasks?state=open' : '/tasks', { signal })).tasks,
  });
type PeoplePage = { people: Person[]; next_cursor: string | null };
/** Everybody there is to name, for lists that hold ids. */
export const directoryQuery = queryOptions({
  queryKey: ['people', 'directory'],
  queryFn: async ({ signal }) => {
    const all: Person[] = [];
    // Whoever is missing would stand there as an id.
    for (let cursor: string | null = ''; cursor !== null; ) {
      const more: string = cursor && `&cursor=${seg(cursor)}`;
      const page = await api.get<PeoplePage>(`/people?limit=200${more}`, { signal });
      all.push(...page.people);
      cursor = page.next_cursor || null;
    }
    return all.sort(byName);
  },
  staleTime: 5 * 60_000,
});
/** What a request would be now; counted anew each time it is looked at. */
export const comparisonQuery = (task: string) =>
  queryOptions({
    queryKey: ['comparison', task],
    queryFn: ({ signal }) => api.get<Comparison>(`/tasks/${seg(task)}/comparison`, { signal }),
    staleTime: 0,
  });
export type AlertTab = 'open' | 'acknowledged' | 'closed' | 'all';
export type SoughtAlerts = { state: AlertTab; severity?: Alert['severity']; person?: string };
export const alertsQuery = (sought: SoughtAlerts) =>
  infiniteQueryOptions({
    queryKey: ['alerts', 'list', sought],
    queryFn: ({ pageParam, signal }) => {
      const asked = new URLSearchParams({ ...sought, ...(pageParam ? { cursor: pageParam } : {}) });
      return api.get<AlertPage>(`/alerts?${asked}`, { signal });
    },
    initialPageParam: '',
    getNextPageParam: (last) => last.next_cursor || undefined,
  });
export const alertQuery = (id: string) =>
  queryOptions({
    queryKey: ['alerts', 'one', id],
    queryFn: ({ signal }) => api.get<Alert>(`/alerts/${seg(id)}`, { signal }),
  });
/** Ids of the open alerts that this person may answer; the event stream keeps it up to date between two looks. */
export const openAlertsQuery = queryOptions({
  queryKey: ['open-alerts'],
  queryFn: async ({ signal }) =>
    (await api.get<AlertPage>('/alerts?state=open&limit=100', { signal })).alerts
      .filter((alert) => alert.answerable)
      .map((alert) => alert.id),
  staleTime: 60_000,
});

export const headsQuery = queryOptions({
  queryKey: ['ledger', 'heads'],
  queryFn: async ({ signal }) =>
    (await api.get<{ heads: { size: number; at: string }[] }>('/ledger/heads?limit=20', { signal })).heads,
});
const ENTRIES = 50;
export const entriesQuery = (sought: { action?: string | undefined; actor_of?: number | undefined }) =>
  infiniteQueryOptions({
    queryKey: ['ledger', 'entries', sought],
    queryFn: ({ pageParam, signal }) => {
      const asked = new URLSearchParams({ limit: String(ENTRIES) });
      if (sought.action) asked.set('action', sought.action);
      if (sought.actor_of !== undefined) asked.set('actor_of', String(sought.actor_of));
      if (pageParam !== null) asked.set('before', String(pageParam));
      return api.get<{ entries: Entry[] }>(`/ledger/entries?${asked}`, { signal });
    },
    initialPageParam: null as number | null,
    getNextPageParam: (last) =>
      last.entries.length === ENTRIES ? (last.entries.at(-1)?.seq ?? undefined) : undefined,
  });

export const ledgerKeyQuery = queryOptions({
  queryKey: ['ledger', 'key'],
  queryFn: ({ signal }) => api.text('/ledger/key', { signal }),
  staleTime: HOUR,
});

/** After something happened to a record, everything that shows it is asked for again. */
export function refreshRecord(object: string, id: string): void {
  void queryClient.invalidateQueries({ queryKey: ['record', object, id] });
  void queryClient.invalidateQueries({ queryKey: ['timeline', object, id] });
  void queryClient.invalidateQueries({ queryKey: ['history', object, id] });
  void queryClient.invalidateQueries({ queryKey: ['files', id] });
  void queryClient.invalidateQueries({ queryKey: ['today'] });
  refreshLists(object, id);
}

/** The same after several at once: what shows many of them is asked again once. */
export function refreshRecords(object: string, ids: readonly string[]): void {
  for (const id of ids)
    for (const about of ['record', 'timeline', 'history', 'shares'])
      void queryClient.invalidateQueries({ queryKey: [about, object, id] });
  for (const queryKey of [['records', object], ['search'], ['board'], ['today']])
    void queryClient.invalidateQueries({ queryKey });
}

/** Everything in which a record is one of many: lists, what was searched for. Also after it is gone from itself. */
export function refreshLists(object: string, id: string): void {
  void queryClient.invalidateQueries({ queryKey: ['search'] });
  // Who goes into the bin, or comes out of it, takes along what belongs under them.
  void queryClient.invalidateQueries({ queryKey: ['bin'] });
  for (const { queryKey, state } of queryClient.getQueryCache().findAll({ queryKey: ['records', object] })) {
    const pages = (state.data as InfiniteData<RecordPage> | undefined)?.pages.length ?? 0;
    if (pages <= FEW) void queryClient.invalidateQueries({ queryKey, exact: true });
    else void mend(queryKey, object, id);
  }
}

/** A long list is mended where it lies: asking for all its pages again would be dear, and nobody looks at them. */
async function mend(queryKey: QueryKey, object: string, id: string): Promise<void> {
  let now: KedunRecord | null = null;
  try {
    now = await queryClient.fetchQuery({ ...recordQuery(object, id), staleTime: 1_000 });
  } catch (problem) {
    if (!isProblem(problem) || problem.status !== 404) return;
  }
  queryClient.setQueryData(queryKey, (old: InfiniteData<RecordPage> | undefined) =>
    old?.pages.some((page) => page.records.some((record) => record.id === id))
      ? {
          ...old,
          pages: old.pages.map((page) => ({
            ...page,
            records: page.records.flatMap((record) => (record.id !== id ? [record] : now ? [now] : [])),
          })),
        }
      : old,
  );
}
