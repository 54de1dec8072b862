/**
 * Somebody pressed a notification outside: the service worker says where it leads. A knock leads to what is new, which is
 * not a page but lies over the one that is open.
 */
import { useRouter, useRouterState } from '@tanstack/react-router';
import { useEffect } from 'react';
import { moreWords } from '@/i18n';
import { show } from './overlays';

const NEWS = 'notifications';
/** Ms: by then the first page stands. */
const AFTER = 6_000;

export function useWorkerWords(): void {
  const router = useRouter();
  const hash = useRouterState({ select: (state) => state.location.hash });
  useEffect(() => {
    if (hash !== NEWS) return;
    show('notifications');
    // It is open now; going back must not open it again.
    void router.navigate({ to: '.', search: true, hash: '', replace: true });
  }, [hash, router]);
  useEffect(() => {
    if (!('Notification' in globalThis) || Notification.permission !== 'granted') return;
    const timer = setTimeout(() => {
      // Without a network it is looked at again next time.
      const look = async () => {
        await moreWords();
        await (await import('./notifications/push')).keepPush();
      };
      look().catch(() => undefined);
    }, AFTER);
    return () => clearTimeout(timer);
  }, []);
  useEffect(() => {
    const worker = navigator.serviceWorker;
    if (!worker) return;
    function hear(event: MessageEvent<{ path?: unknown }>) {
      const { path } = event.data ?? {};
      if (path === `/#${NEWS}`) return show('notifications');
      if (typeof path === 'string' && path.startsWith('/') && !path.startsWith('//'))
        router.history.push(path);
    }
    worker.addEventListener('message', hear);
    return () => worker.removeEventListener('message', hear);
  }, [router]);
}
