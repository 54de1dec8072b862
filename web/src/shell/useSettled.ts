/** Whether the first screen has what it is for. What only counts and rings waits for that: on a phone it is in the way. */
import { useSyncExternalStore } from 'react';
import { queryClient } from '@/api/queries';

/** A pause this long between answers is the end of the first screen's questions. */
const PAUSE = 800;
/** A screen that never comes to rest is no reason to ring never. */
const LATEST = 4_000;

let settled = false;
let begun = false;
const listeners = new Set<() => void>();

function begin(): void {
  begun = true;
  const started = performance.now();
  let quiet = started;
  const timer = setInterval(() => {
    const now = performance.now();
    if (queryClient.isFetching() > 0) quiet = now;
    if (now - quiet < PAUSE && now - started < LATEST) return;
    clearInterval(timer);
    settled = true;
    for (const listener of listeners) listener();
  }, 50);
}

export function useSettled(): boolean {
  return useSyncExternalStore(
    (listener) => {
      if (!begun) begin();
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => settled,
  );
}
