/** What the customer's page asks for. The link travels in a header, never in an address, and no cookie goes with it. */
import { queryOptions } from '@tanstack/react-query';
import { api, seg } from '@/api/client';
import type { GuestAnswer, GuestPage, GuestRequest, PublicNotices } from '@/api/contract';
import { byOurClock } from '@/api/queries';

const AT = '/public/rights';

export type Check = { digits?: string; code?: string };

export const noticesQuery = queryOptions({
  queryKey: ['public', 'notices'],
  queryFn: async ({ signal }) => {
    const said = await api.get<PublicNotices>('/public/notices', { link: '', signal });
    byOurClock(said.company);
    return said;
  },
  staleTime: 5 * 60_000,
});

export const pageQuery = (link: string) =>
  queryOptions({
    queryKey: ['public', 'page', link],
    queryFn: async ({ signal }) => byOurClock(await api.get<GuestPage>(AT, { link, signal })),
    enabled: link !== '',
    // Every look is counted and logged, so none is made in passing.
    refetchOnWindowFocus: false,
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  });

export const receiptQuery = (link: string, consent: string) =>
  queryOptions({
    queryKey: ['public', 'receipt', link, consent],
    queryFn: ({ signal }) => api.text(`${AT}/receipts/${seg(consent)}`, { link, signal }),
    refetchOnWindowFocus: false,
    staleTime: 0,
  });

export const certificateQuery = (link: string, request: string) =>
  queryOptions({
    queryKey: ['public', 'certificate', link, request],
    queryFn: ({ signal }) => api.text(`${AT}/requests/${seg(request)}/certificate`, { link, signal }),
    refetchOnWindowFocus: false,
    staleTime: 0,
  });

export const withdraw = (link: string, consent: string) =>
  api.post<GuestPage>(`${AT}/withdrawals`, { consent }, { link });

export const ask = (link: string, kind: string, text: string, check: Check) =>
  api.post<GuestRequest>(`${AT}/requests`, { kind, ...(text ? { text } : {}), check }, { link });

export const readAnswer = (link: string, id: string, check: Check) =>
  api.post<GuestAnswer>(`${AT}/requests/${seg(id)}/answers`, { check }, { link });

export const fetchFile = (link: string, id: string, part: string, check: Check) =>
  api.file(`${AT}/requests/${seg(id)}/files`, { part, check }, { link });
