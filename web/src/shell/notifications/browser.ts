/**
 * Words outside the page, through the service worker while the app runs: they say what kind of thing waits, never
 * whose. A lock screen is read by whoever passes.
 */
import { type Key, t } from '@/i18n';

const KEY = 'kedun.notify';

export type Consent = 'off' | 'on' | 'denied' | 'impossible';

export function consent(): Consent {
  if (!('Notification' in globalThis) || !navigator.serviceWorker) return 'impossible';
  if (Notification.permission === 'denied') return 'denied';
  return Notification.permission === 'granted' && localStorage.getItem(KEY) === 'on' ? 'on' : 'off';
}

/** Asks the browser, which asks the person. */
export async function turn(on: boolean): Promise<Consent> {
  if (on && (await Notification.requestPermission()) === 'granted') localStorage.setItem(KEY, 'on');
  else localStorage.removeItem(KEY);
  return consent();
}

type Told = { id?: unknown; state?: unknown; decidable?: unknown; waits?: unknown };
type Word = { key: Key; path: string };

/** What an event is worth saying outside; most are not. */
export function wordFor(event: string, data: Told): Word | null {
  if (event === 'alert') return data.state === 'open' ? { key: 'outside.alert', path: '/alerts' } : null;
  if (event === 'task')
    return data.decidable === true && data.state === 'open'
      ? { key: 'outside.task', path: '/approvals' }
      : null;
  if (event === 'export') return { key: 'outside.export', path: '/exports' };
  if (event === 'handover' && data.waits === true)
    return { key: 'outside.handover_waits', path: '/handovers' };
  if (event === 'given') return { key: 'outside.given', path: '/#notifications' };
  if (event === 'rights') return data.waits === true ? { key: 'outside.rights', path: '/rights' } : null;
  if (event === 'handover')
    return data.state === 'done' ? { key: 'outside.handover', path: '/handovers' } : null;
  return null;
}

export async function tellOutside(event: string, data: Told): Promise<void> {
  // Whoever looks at the page sees it there.
  if (!document.hidden || consent() !== 'on') return;
  const word = wordFor(event, data);
  if (!word) return;
  const worker = await navigator.serviceWorker.ready;
  // One of a kind at a time: the next one takes its place.
  await worker.showNotification(t('brand.short'), {
    body: t(word.key),
    tag: event,
    icon: '/icon-192.png',
    data: { path: word.path },
  });
}
