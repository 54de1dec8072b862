/** Spot checks of follow-ups: what was drawn, how it was scored. Keys live here. */
import { queryOptions } from '@tanstack/react-query';
import { api, seg } from './client';
import type { SpotCheck, SpotChecks, SpotScores, SpotVerification } from './contract';

export const spotChecksQuery = queryOptions({
  queryKey: ['spot', 'list'],
  queryFn: ({ signal }) => api.get<SpotChecks>('/spot_checks', { signal }),
});
export const spotCheckQuery = (id: string) =>
  queryOptions({
    queryKey: ['spot', 'one', id],
    queryFn: ({ signal }) => api.get<SpotCheck>(`/spot_checks/${seg(id)}`, { signal }),
    // Each look at it is a reading of five follow-ups, and nobody else changes it.
    staleTime: 10 * 60_000,
    refetchOnWindowFocus: false,
  });
export const spotScoresQuery = queryOptions({
  queryKey: ['spot', 'mine'],
  queryFn: ({ signal }) => api.get<SpotScores>('/me/spot_scores', { signal }),
});
export const drawSpotCheck = (week: string) => api.put<SpotCheck>(`/spot_checks/weeks/${seg(week)}`, {});
export const verifySpotCheck = (id: string) =>
  api.get<SpotVerification>(`/spot_checks/${seg(id)}/verification`);
