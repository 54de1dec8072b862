/** Being told while the app is closed: on or off for this device, and what stands in the way. */
import { useMutation, useQuery } from '@tanstack/react-query';
import { queryClient } from '@/api/queries';
import { t } from '@/i18n';
import { ProblemState } from '@/records/ProblemState';
import { problemText } from '@/records/problemText';
import { Button } from '@/ui/Button';
import desk from '@/ui/desk.module.css';
import { Skeleton } from '@/ui/State';
import { isRefusal, lookAtPush, type Push, turnOffPush, turnOnPush } from './push';

const KEY = ['push'];

export function PushCard() {
  const push = useQuery({ queryKey: KEY, queryFn: ({ signal }) => lookAtPush(signal), gcTime: 0 });
  const turn = useMutation({
    mutationFn: (on: boolean) => (on ? turnOnPush() : turnOffPush()),
    onSuccess: (state: Push) => queryClient.setQueryData(KEY, state),
  });
  const state = push.data;
  return (
    <section className={desk.card} aria-labelledby="push-title">
      <h2 id="push-title">{t('push.title')}</h2>
      {push.isPending && <Skeleton rows={1} label={t('loading')} />}
      {push.error && <ProblemState small error={push.error} retry={() => void push.refetch()} />}
      {state && (
        <>
          <p className={desk.why}>{t(`push.${state}`)}</p>
          {turn.error && (
            <p className={desk.alert} role="alert">
              {isRefusal(turn.error) ? problemText(turn.error) : t('push.unreachable')}
            </p>
          )}
          {(state === 'on' || state === 'off') && (
            <div className={desk.actions}>
              <Button
                icon="bell"
                aria-pressed={state === 'on'}
                busy={turn.isPending}
                onClick={() => turn.mutate(state === 'off')}
              >
                {t(state === 'on' ? 'push.turn_off' : 'push.turn_on')}
              </Button>
            </div>
          )}
        </>
      )}
    </section>
  );
}
