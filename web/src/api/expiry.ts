/**
 * What happens when a session ends under somebody's fingers.
 *
 * A call that meets 401 waits here while the sign-in sheet is over the page; when the same person is
 * back, the call is made again. Nothing on the page is unmounted, so nothing typed is lost.
 */
type Listener = () => void;

let expired = false;
let waiting: { resume: (again: boolean) => void }[] = [];
const listeners = new Set<Listener>();

function announce(): void {
  for (const listener of listeners) listener();
}

export const expiry = {
  subscribe(listener: Listener): () => void {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
  snapshot: (): boolean => expired,
  /** Resolves to true when the call should be tried again. */
  wait(): Promise<boolean> {
    expired = true;
    announce();
    return new Promise((resume) => waiting.push({ resume }));
  },
  /** Signed in again (true), or gave up (false). */
  settle(again: boolean): void {
    expired = false;
    const calls = waiting;
    waiting = [];
    for (const call of calls) call.resume(again);
    announce();
  },
};
