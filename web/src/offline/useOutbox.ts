import { useSyncExternalStore } from 'react';
import { type Entry, outbox } from './outbox';

export function useOutbox(): readonly Entry[] {
  return useSyncExternalStore(outbox.subscribe, outbox.snapshot);
}

/** What waits about one record, newest first. */
export function useWaiting(object: string, id: string): Entry[] {
  return useOutbox()
    .filter((entry) => entry.about.object === object && entry.about.id === id)
    .reverse();
}
