/** The server's live line: it says that something changed, never what; the queries ask again. */
import { useEffect } from 'react';
import { BASE } from '@/api/client';
import { meQuery, queryClient } from '@/api/queries';
import { isThere, onReturn } from './activity';

const touched: Record<string, string[]> = {
  alert: ['alerts', 'today'],
  task: ['tasks', 'today', 'exports'],
  export: ['exports'],
};

export function useEvents(on: boolean): void {
  useEffect(() => {
    if (!on) return;
    const source = new EventSource(`${BASE}/events`);
    const missed = new Set<string>();
    const ask = (key: string) => void queryClient.invalidateQueries({ queryKey: [key] });
    for (const [name, keys] of Object.entries(touched)) {
      source.addEventListener(name, () => {
        for (const key of keys) isThere() ? ask(key) : missed.add(key);
      });
    }
    const forget = onReturn(() => {
      for (const key of missed) ask(key);
      missed.clear();
    });
    let last = 0;
    source.onerror = () => {
      // The line ends at once when the session does. Asking who we are brings the sign-in sheet.
      if (Date.now() - last < 15_000) return;
      last = Date.now();
      void queryClient.invalidateQueries({ queryKey: meQuery.queryKey });
    };
    return () => {
      forget();
      source.close();
    };
  }, [on]);
}
