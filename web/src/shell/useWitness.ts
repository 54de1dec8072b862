/** At every start of the app this browser asks the log to continue what it saw last. */
import { useEffect, useState } from 'react';
import type { Me } from '@/api/contract';
import type { Alarm } from '@/ledger/witness';

/** After the first screen, which matters more to whoever waits for it. */
const LATER = 4_000;
let asked = false;

export function useWitness(me: Me | undefined): [Alarm | null, () => void] {
  const [alarm, setAlarm] = useState<Alarm | null>(null);
  const demo = me?.demo;
  useEffect(() => {
    if (asked || demo === undefined) return;
    const timer = setTimeout(async () => {
      asked = true;
      try {
        const [{ witness }, { server }] = await Promise.all([
          import('@/ledger/witness'),
          import('@/ledger/source'),
        ]);
        setAlarm(await witness(server, demo));
      } catch {
        // No network, no verdict: the next start asks again.
      }
    }, LATER);
    return () => clearTimeout(timer);
  }, [demo]);
  return [alarm, () => setAlarm(null)];
}
