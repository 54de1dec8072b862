/** Begins the tour for whoever has never seen it. */
import { useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import { preferencesQuery } from '@/api/preferences';
import { isCovered, show } from '../overlays';

export const TOUR = 'tour.welcome';
/** Raised when there is something new that everybody should see. */
export const VERSION = 1;

export function useFirstRun(ready: boolean): void {
  const preferences = useQuery({ ...preferencesQuery, enabled: ready });
  // What could not be asked counts as seen: a tour that comes twice is worse than none.
  const unseen = preferences.isSuccess && Number(preferences.data[TOUR]?.seen ?? 0) < VERSION;
  useEffect(() => {
    if (ready && unseen && !isCovered()) show('tour');
  }, [ready, unseen]);
}
