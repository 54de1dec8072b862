/** How long data are kept: the calendar, what is due, legal holds. Keys live here. */
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { api, seg } from './client';
import type { Hold, NewHold, Retention, RetentionBegun, RetentionDue } from './contract';

export const retentionQuery = queryOptions({
  queryKey: ['retention', 'calendar'],
  queryFn: ({ signal }) => api.get<Retention>('/retention', { signal }),
  staleTime: 60_000,
});
export const retentionDueQuery = infiniteQueryOptions({
  queryKey: ['retention', 'due'],
  queryFn: ({ pageParam, signal }) =>
    api.get<RetentionDue>(`/retention/due?from=${pageParam}&limit=50`, { signal }),
  initialPageParam: 0,
  getNextPageParam: (last) => last.next_from ?? undefined,
});
export const holdsQuery = queryOptions({
  queryKey: ['retention', 'holds'],
  queryFn: async ({ signal }) => (await api.get<{ holds: Hold[] }>('/retention/holds', { signal })).holds,
});
export const beginErasures = (records: { object: string; record: string }[]) =>
  api.post<RetentionBegun>('/retention/erasures', { records });
export const placeHold = (hold: NewHold) => api.post<Hold>('/retention/holds', hold);
export const liftHold = (id: string) => api.delete<void>(`/retention/holds/${seg(id)}`);
