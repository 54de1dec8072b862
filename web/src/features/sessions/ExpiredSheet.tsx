/** The session ended: sign in over the page, then everything waiting goes on. */
import { useQuery } from '@tanstack/react-query';
import { useState, useSyncExternalStore } from 'react';
import { api } from '@/api/client';
import type { Me } from '@/api/contract';
import { expiry } from '@/api/expiry';
import { byOurClock, meQuery, queryClient } from '@/api/queries';
import { announce } from '@/api/tabs';
import { t } from '@/i18n';
import { wipeDrafts } from '@/offline/drafts';
import { ProblemState } from '@/records/ProblemState';
import { Button } from '@/ui/Button';
import { Sheet } from '@/ui/Sheet';
import { SignInForm } from './SignInForm';

export function ExpiredSheet() {
  const expired = useSyncExternalStore(expiry.subscribe, expiry.snapshot);
  const me = useQuery({ ...meQuery, enabled: false });
  // Signed in, and then who they are could not be asked: said, or the sheet would stay without a word.
  const [lost, setLost] = useState<unknown>(null);
  if (!expired) return null;

  async function back() {
    setLost(null);
    let again: Me;
    try {
      again = byOurClock(await api.get<Me>('/me', { anonymous: true }));
    } catch (problem) {
      setLost(problem);
      return;
    }
    if (me.data && again.person.id !== me.data.person.id) {
      // Somebody else sat down: nothing of the first person may stay on screen.
      wipeDrafts();
      location.replace('/');
      return;
    }
    // Theirs was reset meanwhile: the page leads there and back, and its draft waits.
    if (again.must_choose_password || again.must_enrol_second_factor) return location.reload();
    queryClient.setQueryData(meQuery.queryKey, again);
    expiry.settle(true);
    announce(again.person.id);
    void queryClient.invalidateQueries();
  }

  return (
    <Sheet title={t('expired.title')} closeWord={t('close')} sticky onClose={() => undefined}>
      <p>{t('expired.why')}</p>
      <SignInForm login={me.data?.person.login} fixedLogin={Boolean(me.data)} onDone={() => void back()} />
      {lost !== null && <ProblemState error={lost} retry={() => void back()} small />}
      <Button
        look="quiet"
        onClick={() => {
          wipeDrafts();
          queryClient.clear();
          location.replace('/sign-in');
        }}
      >
        {t('expired.other')}
      </Button>
    </Sheet>
  );
}
