/**
 * TanStack Query options per resource: keys live here and nowhere else.
 *
 * The cache is memory only and holds what the lists show, that is masked values and what the person may
 * read anyway. A revealed value never enters it; see records/reveal.
 */
import { infiniteQueryOptions, QueryClient, queryOptions } from '@tanstack/react-query';
import { api, recordPath, seg } from './client';
import type {
  Consent,
  Device,
  ExportCase,
  KedunRecord,
  Look,
  Me,
  Notice,
  ObjectDef,
  ObjectRef,
  Person,
  Query,
  RecordPage,
  SearchHit,
  Session,
  Task,
  Timeline,
  Today,
} from './contract';
import { isProblem } from './problem';

export const queryClient = new QueryClient({
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
    },
  },
});

const HOUR = 3_600_000;

export const meQuery = queryOptions({
  queryKey: ['me'],
  queryFn: ({ signal }) => api.get<Me>('/me', { signal }),
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
export const recordsQuery = (object: string, query: Query) =>
  infiniteQueryOptions({
    queryKey: ['records', object, query],
    queryFn: ({ pageParam, signal }) =>
      api.post<RecordPage>(
        `/objects/${seg(object)}/query`,
        // The count is asked once, with the first page: counting is the dear part.
        pageParam ? { ...query, count: false, cursor: pageParam } : query,
        { signal },
      ),
    initialPageParam: '',
    getNextPageParam: (last) => last.next_cursor || undefined,
  });
export const recordQuery = (object: string, id: string) =>
  queryOptions({
    queryKey: ['record', object, id],
    queryFn: ({ signal }) => api.get<KedunRecord>(recordPath(object, id), { signal }),
  });
export const searchQuery = (object: string, q: string) =>
  queryOptions({
    queryKey: ['search', object, q],
    queryFn: async ({ signal }) =>
      (
        await api.post<{ results: SearchHit[] }>(
          `/objects/${seg(object)}/search`,
          { q, limit: 50 },
          { signal },
        )
      ).results,
    enabled: q.trim().length > 0,
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
export const consentsQuery = (id: string) =>
  queryOptions({
    queryKey: ['consents', id],
    queryFn: async ({ signal }) =>
      (await api.get<{ consents: Consent[] }>(`${recordPath('customer', id)}/consents`, { signal })).consents,
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
      return (await api.get<{ people: Person[] }>(`/people?q=${seg(q)}`, { signal })).people;
    },
    staleTime: 60_000,
  });
export const departmentsQuery = queryOptions({
  queryKey: ['departments'],
  queryFn: async ({ signal }) =>
    (await api.get<{ departments: { id: string; name: string }[] }>('/departments', { signal })).departments,
  staleTime: HOUR,
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
export const exportsQuery = queryOptions({
  queryKey: ['exports'],
  queryFn: async ({ signal }) => (await api.get<{ exports: ExportCase[] }>('/exports', { signal })).exports,
  // While something is running the bar should move even if the event stream is cut off.
  refetchInterval: (query) =>
    query.state.data?.some((item) => ['approved', 'running'].includes(item.state)) ? 3_000 : false,
});

/** After something happened to a record, everything that shows it is asked for again. */
export function refreshRecord(object: string, id: string): void {
  void queryClient.invalidateQueries({ queryKey: ['record', object, id] });
  void queryClient.invalidateQueries({ queryKey: ['records', object] });
  void queryClient.invalidateQueries({ queryKey: ['timeline', object, id] });
  void queryClient.invalidateQueries({ queryKey: ['today'] });
}
