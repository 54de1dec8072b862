import { useRouter } from '@tanstack/react-router';
import { useState } from 'react';
import { t } from '@/i18n';
import { nearTime } from '@/i18n/format';
import { ProblemState } from '@/records/ProblemState';
import { toastProblem } from '@/records/problemText';
import { Button } from '@/ui/Button';
import { cx } from '@/ui/cx';
import { Icon } from '@/ui/Icon';
import { Sheet } from '@/ui/Sheet';
import { Skeleton, State } from '@/ui/State';
import { usePlaces } from '../places';
import { type Consent, consent, turn } from './browser';
import type { Notification } from './kinds';
import css from './notifications.module.css';
import { useNotifications } from './useNotifications';

export function NotificationsSheet({ onClose }: { onClose: () => void }) {
  const router = useRouter();
  const places = usePlaces();
  const { items, unread, pending, failed, again, read } = useNotifications();
  const mark = (keys: string[]) => void read(keys).catch(toastProblem);
  // A page that is not this person's any more opens nothing; one record of theirs always may.
  const leadsOn = ({ path }: Notification) =>
    path.startsWith('/records/') ||
    places.some((place) => path.split('?')[0] === place.to || path.startsWith(`${place.to}/`));

  return (
    <Sheet
      title={t('notifications.title')}
      closeWord={t('close')}
      onClose={onClose}
      footer={
        unread.size > 0 && <Button onClick={() => mark([...unread])}>{t('notifications.all_read')}</Button>
      }
    >
      {pending && <Skeleton rows={3} label={t('loading')} />}
      {!pending && failed !== null && <ProblemState error={failed} retry={again} small />}
      {!pending && failed === null && items.length === 0 && (
        <State small icon="bell" title={t('notifications.empty')} why={t('notifications.empty.why')} />
      )}
      {items.length > 0 && (
        <ul className={css.list}>
          {items.map((item) => {
            const fresh = unread.has(item.key);
            return (
              <li key={item.key}>
                <button
                  type="button"
                  className={cx(css.item, fresh && css.fresh, item.urgent && css.urgent)}
                  onClick={() => {
                    if (fresh) mark([item.key]);
                    if (!leadsOn(item)) return;
                    onClose();
                    router.history.push(item.path);
                  }}
                >
                  <Icon name={item.icon} />
                  <span>
                    <span>{item.text}</span>
                    <small>{nearTime(item.at)}</small>
                  </span>
                  {fresh && (
                    <i>
                      <span className="sr">{t('notifications.unread')}</span>
                    </i>
                  )}
                </button>
              </li>
            );
          })}
        </ul>
      )}
      <Outside />
    </Sheet>
  );
}

/** Whether this browser may say that something waits while another window is in front. */
function Outside() {
  const [state, setState] = useState<Consent>(consent);
  if (state === 'impossible') return null;
  return (
    <section className={css.outside}>
      <div>
        <h3>{t('outside.title')}</h3>
        <p>{t(state === 'denied' ? 'outside.denied' : 'outside.why')}</p>
      </div>
      {state !== 'denied' && (
        <Button
          aria-pressed={state === 'on'}
          onClick={() => void turn(state !== 'on').then(setState, toastProblem)}
        >
          {t(state === 'on' ? 'outside.turn_off' : 'outside.turn_on')}
        </Button>
      )}
    </section>
  );
}
