/**
 * Whether somebody is there.
 *
 * A session ends by idle time, and idle means the person, not the page: what the page asks for by itself must not
 * keep the session of an unattended desk alive. So it asks only while somebody is there, and catches up afterwards.
 */
const AWAY = 60_000;
const signs = ['pointerdown', 'keydown', 'wheel', 'touchmove', 'focus'];
const returns = new Set<() => void>();
let last = Date.now();

export const isThere = (): boolean => Date.now() - last < AWAY;

/** Calls back with the first sign of life after an absence. */
export function onReturn(listener: () => void): () => void {
  returns.add(listener);
  return () => returns.delete(listener);
}

function sign(): void {
  const away = !isThere();
  last = Date.now();
  if (away) for (const listener of returns) listener();
}

if (typeof addEventListener === 'function')
  for (const name of signs) addEventListener(name, sign, { passive: true, capture: true });
