import { api } from '@/api/client';
import { queryClient } from '@/api/queries';
import { wipeDrafts } from '@/offline/drafts';
import { wipeOutbox } from '@/offline/outbox';
import { toastProblem } from '@/records/problemText';

export async function signOut(): Promise<void> {
  try {
    await api.delete('/sessions/current');
  } catch (problem) {
    // Already ended is as good; anything else is said, because the session may still be open.
    toastProblem(problem);
    return;
  }
  wipeDrafts();
  await wipeOutbox();
  queryClient.clear();
  location.replace('/sign-in');
}
