/** Cases that take their time: exports, handovers, customers' requests, erasures. Keys live here. */
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { isThere } from '@/activity';
import { api, recordPath, seg } from './client';
import type {
  CustomerLink,
  Erasure,
  ErasurePreview,
  ExportCase,
  Handover,
  HandoverPlan,
  RegisterPage,
  ReviewMonth,
  RightsDetail,
  RightsRequest,
} from './contract';

const HOUR = 3_600_000;

/** As many cases as the server lists; whoever has more is told. */
export const MOST_CASES = 200;

/** What asks again by itself while it runs, also when the event stream is cut off; told to when somebody is back. */
export const polled = ['exports', 'handover', 'erasures'];

/** So often while it moves and somebody looks on: what stands still for months must not keep a session alive. */
const every = (pause: number, moves: boolean | undefined): number | false =>
  moves && isThere() ? pause : false;

export type SoughtExports = {
  month?: string | undefined;
  person?: string | undefined;
  state?: ExportCase['state'] | undefined;
};
export const registerQuery = (sought: SoughtExports) =>
  infiniteQueryOptions({
    queryKey: ['register', 'list', sought],
    queryFn: ({ pageParam, signal }) => {
      const asked = new URLSearchParams({ limit: '50' });
      for (const [name, value] of Object.entries(sought)) if (value) asked.set(name, value);
      if (pageParam) asked.set('cursor', pageParam);
      return api.get<RegisterPage>(`/exports/register?${asked}`, { signal });
    },
    initialPageParam: '',
    getNextPageParam: (last) => last.next_cursor || undefined,
  });
export const reviewsQuery = queryOptions({
  queryKey: ['register', 'reviews'],
  queryFn: async ({ signal }) =>
    (await api.get<{ months: ReviewMonth[] }>('/exports/reviews', { signal })).months,
});
export const handoversQuery = queryOptions({
  queryKey: ['handovers'],
  queryFn: async ({ signal }) =>
    (await api.get<{ handovers: Handover[] }>(`/handovers?limit=${MOST_CASES}`, { signal })).handovers,
});
/** A handover, part by part of its plan. One that has stopped with something left waits for somebody to go on. */
export const handoverQuery = (id: string) =>
  infiniteQueryOptions({
    queryKey: ['handover', id],
    queryFn: ({ pageParam, signal }) =>
      api.get<HandoverPlan>(`/handovers/${seg(id)}?from=${pageParam}&limit=200`, { signal }),
    initialPageParam: 0,
    getNextPageParam: (last) => last.next_from ?? undefined,
    refetchInterval: ({ state }) => {
      const handover = state.data?.pages[0];
      return every(2_000, handover?.state === 'running' && !handover.stopped_at);
    },
  });
export const handoverCertificateQuery = (id: string) =>
  queryOptions({
    queryKey: ['handover', 'certificate', id],
    queryFn: ({ signal }) => api.text(`/handovers/${seg(id)}/certificate`, { signal }),
    staleTime: HOUR,
  });
export const exportsQuery = queryOptions({
  queryKey: ['exports'],
  queryFn: async ({ signal }) =>
    (await api.get<{ exports: ExportCase[] }>(`/exports?limit=${MOST_CASES}`, { signal })).exports,
  refetchInterval: ({ state }) =>
    every(
      3_000,
      state.data?.some((item) => ['approved', 'running'].includes(item.state)),
    ),
});
export const rightsQuery = (state: 'open' | 'all') =>
  queryOptions({
    queryKey: ['rights', state],
    queryFn: async ({ signal }) =>
      (
        await api.get<{ requests: RightsRequest[] }>(`/rights_requests?state=${state}&limit=${MOST_CASES}`, {
          signal,
        })
      ).requests,
  });
export const rightsOneQuery = (id: string) =>
  queryOptions({
    queryKey: ['rights', 'one', id],
    queryFn: ({ signal }) => api.get<RightsDetail>(`/rights_requests/${seg(id)}`, { signal }),
  });
export const rightsOfQuery = (customer: string) =>
  queryOptions({
    queryKey: ['rights', 'of', customer],
    queryFn: async ({ signal }) =>
      (
        await api.get<{ requests: RightsRequest[] }>(`${recordPath('customer', customer)}/rights_requests`, {
          signal,
        })
      ).requests,
  });
export const linksQuery = (customer: string) =>
  queryOptions({
    queryKey: ['links', customer],
    queryFn: async ({ signal }) =>
      (await api.get<{ links: CustomerLink[] }>(`${recordPath('customer', customer)}/links`, { signal }))
        .links,
  });
export const erasuresQuery = queryOptions({
  queryKey: ['erasures'],
  queryFn: async ({ signal }) =>
    (await api.get<{ erasures: Erasure[] }>(`/erasures?limit=${MOST_CASES}`, { signal })).erasures,
});
const isHeld = (preview: Partial<ErasurePreview> | null) => (preview?.holds?.length ?? 0) > 0;
export const erasureQuery = (id: string) =>
  queryOptions({
    queryKey: ['erasures', id],
    queryFn: ({ signal }) => api.get<Erasure>(`/erasures/${seg(id)}`, { signal }),
    // Carried out in the background, unless a hold keeps it back.
    refetchInterval: ({ state }) =>
      every(
        2_000,
        state.data?.state === 'approved' && !isHeld(state.data.preview as Partial<ErasurePreview>),
      ),
  });
export const erasurePreviewQuery = (record: string) =>
  queryOptions({
    queryKey: ['erasures', 'preview', record],
    queryFn: ({ signal }) =>
      api.post<ErasurePreview>('/erasures/previews', { object: 'customer', record }, { signal }),
    staleTime: 0,
  });
export const certificateQuery = (id: string) =>
  queryOptions({
    queryKey: ['erasures', 'certificate', id],
    queryFn: ({ signal }) => api.text(`/erasures/${seg(id)}/certificate`, { signal }),
  });
export const receiptQuery = (object: string, id: string, consent: string) =>
  queryOptions({
    queryKey: ['receipt', id, consent],
    queryFn: ({ signal }) =>
      api.text(`${recordPath(object, id)}/consents/${seg(consent)}/receipt`, { signal }),
    staleTime: 0,
  });
