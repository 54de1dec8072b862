import { call } from '@/api/client';
import { isProblem } from '@/api/problem';
import { queryClient } from '@/api/queries';
import { wipePhotos } from '@/offline/draftPhotos';
import { wipeDrafts } from '@/offline/drafts';
import { outbox, wipeOutbox } from '@/offline/outbox';
import { forgetKnocks } from '@/offline/traces';
import { letGo, unsent } from '@/records/files/underway';
import { toastProblem } from '@/records/problemText';
import { show } from './overlays';

/** The way out that every door takes: it asks first while something has not reached the server yet. */
export function leave(): void {
  if (outbox.snapshot().length + unsent().length > 0) show('leaving');
  else void signOut();
}

export async function signOut(): Promise<void> {
  try {
    // Nobody signs in again in order to sign out.
    await call('DELETE', '/sessions/current', { anonymous: true });
  } catch (problem) {
    // Already ended is as good; anything else is said, because the session may still be open.
    if (!isProblem(problem, 'no_session')) {
      toastProblem(problem);
      return;
    }
  }
  wipeDrafts();
  // Whoever goes was asked already: the browser need not ask once more.
  letGo();
  // What lies on the disk is sealed, and the key is gone: leaving does not wait for a disk that does not answer.
  const wiped = Promise.allSettled([wipeOutbox(), wipePhotos(), forgetKnocks()]);
  await Promise.race([wiped, new Promise((resolve) => setTimeout(resolve, 1_500))]);
  queryClient.clear();
  location.replace('/sign-in');
}
