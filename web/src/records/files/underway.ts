/** The list of files on their way, apart from what sends them: the way out asks whether there are any. */
import type { About } from '@/offline/outbox';

export type Upload = {
  /** Also the idempotency key. */
  id: string;
  customer: About;
  name: string;
  blob: Blob;
  photo: boolean;
  /** How much has left, from 0 to 1. */
  part: number;
  /** Why it did not arrive. */
  problem?: string | undefined;
  /** Whether it may arrive when it is sent again. */
  again?: boolean | undefined;
};

let all: readonly Upload[] = [];
const listeners = new Set<() => void>();
/** Customers whose files are on the screen. */
const watched: string[] = [];

export function show(next: readonly Upload[]): void {
  all = next;
  for (const listener of listeners) listener();
}

export const uploads = {
  subscribe(listener: () => void): () => void {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
  snapshot: (): readonly Upload[] => all,
  /** Until the answer is called, failures of this customer's files are seen where they are listed. */
  watch(customer: string): () => void {
    watched.push(customer);
    return () => watched.splice(watched.indexOf(customer), 1);
  },
};

export const isWatched = (customer: string): boolean => watched.includes(customer);

/** Those that leaving the page would lose: on their way, or to be sent again by hand. What was refused is not theirs. */
export const unsent = (): readonly Upload[] => all.filter((upload) => !upload.problem || upload.again);

if (typeof addEventListener === 'function') {
  addEventListener('beforeunload', (event) => {
    if (unsent().length > 0) event.preventDefault();
  });
}

/** Nobody is left who would send them. */
export const letGo = () => show([]);

export const dismiss = (id: string) => show(all.filter((upload) => upload.id !== id));
