/**
 * A clear value for thirty seconds.
 *
 * It lives in this component's state and nowhere else: not in the query cache, not in the address, not on
 * disk. Leaving the page, switching away from the window or the end of the ring takes it away.
 */
import { useCallback, useEffect, useState } from 'react';
import { api, recordPath } from '@/api/client';
import { toast } from '@/ui/toast';
import { leftWords } from './quota';
import { useHiding } from './useHiding';

export const SECONDS = 30;
export type Quota = { used: number; limit: number };
type Answer = { value: unknown; expires_at: string; quota: Quota };
type Revealed = { value: unknown; until: number };

export function useReveal(object: string, id: string, field: string) {
  const [revealed, setRevealed] = useState<Revealed | null>(null);
  const hide = useCallback(() => setRevealed(null), []);

  // biome-ignore lint/correctness/useExhaustiveDependencies: another record or field hides what was shown
  useEffect(() => hide, [object, id, field, hide]);

  useEffect(() => {
    if (!revealed) return;
    const timer = setTimeout(hide, Math.max(0, revealed.until - Date.now()));
    return () => clearTimeout(timer);
  }, [revealed, hide]);
  useHiding(revealed !== null, hide);

  async function reveal(purpose: string): Promise<void> {
    const answer = await askReveal(object, id, field, purpose);
    // The server's clock may be ahead or behind; never longer than the ring promises.
    const served = new Date(answer.expires_at).getTime();
    const most = Date.now() + SECONDS * 1000;
    setRevealed({ value: answer.value, until: served > Date.now() ? Math.min(served, most) : most });
    const left = leftWords(answer.quota);
    if (left) toast(left);
  }

  return { revealed, reveal, hide };
}

export function askReveal(object: string, id: string, field: string, purpose: string) {
  return api.post<Answer>(`${recordPath(object, id)}/reveals`, { field, purpose });
}
