/** The server's live line: it says that something changed and the queries ask again; only an alert comes whole. */
import { useEffect } from 'react';
import { isThere, onReturn } from '@/activity';
import { polled } from '@/api/cases';
import { BASE } from '@/api/client';
import type { Alert } from '@/api/contract';
import { expiry } from '@/api/expiry';
import { meQuery, queryClient } from '@/api/queries';
import { tellOutside } from './notifications/browser';

const touched: Record<string, string[]> = {
  alert: ['alerts', 'today'],
  task: ['tasks', 'today', 'exports'],
  export: ['exports'],
  handover: ['handover', 'handovers'],
  given: ['today'],
  rights: ['rights'],
  // Something was published, or one has another role: who asks who they are learns what to ask again.
  me: ['me'],
};
const AGAIN = 15_000;

export function useEvents(on: boolean, onAlert: (alert: Alert) => void): void {
  useEffect(() => {
    if (!on) return;
    const missed = new Set<string>();
    const ask = (key: string) => void queryClient.invalidateQueries({ queryKey: [key] });
    let source: EventSource | null = null;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let before = false;

    function open() {
      clearTimeout(timer);
      source?.close();
      source = new EventSource(`${BASE}/events`);
      for (const [name, keys] of Object.entries(touched)) {
        source.addEventListener(name, (event: MessageEvent<string>) => {
          void tellOutside(name, JSON.parse(event.data || '{}') as Record<string, unknown>);
          for (const key of keys) isThere() ? ask(key) : missed.add(key);
        });
      }
      source.onopen = () => {
        // What was published while the line was cut is not told again.
        if (before) ask('me');
        before = true;
      };
      source.addEventListener('alert', (event) => onAlert(JSON.parse(event.data) as Alert));
      source.onerror = () => {
        // Cut off: the browser opens it again by itself. Refused: the line ends at once when the session does, and
        // asking who we are brings the sign-in sheet, also over a page that nobody sits at.
        if (source?.readyState !== EventSource.CLOSED || expiry.snapshot()) return;
        void queryClient.invalidateQueries({ queryKey: meQuery.queryKey });
        timer = setTimeout(open, AGAIN);
      };
    }
    open();
    const signedIn = expiry.subscribe(() => {
      if (expiry.snapshot()) clearTimeout(timer);
      else open();
    });
    const forget = onReturn(() => {
      for (const key of new Set([...missed, ...polled])) ask(key);
      missed.clear();
    });
    return () => {
      signedIn();
      forget();
      clearTimeout(timer);
      source?.close();
    };
  }, [on, onAlert]);
}
