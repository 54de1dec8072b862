/**
 * What stands before everything else: a password of one's own, a second factor. Whoever has a page open when the server
 * begins to ask for it is led there by the page's own route, so the page is loaded anew.
 */
import type { Problem } from './problem';

const GATES = ['choose_password', 'enrol_second_factor'];
let leaving = false;

/** Whether the page is going away for it; then whoever asked waits with it, and nothing is told or thrown away. */
export function isGate(problem: Problem): boolean {
  if (problem.status !== 403 || !GATES.includes(problem.code)) return false;
  if (!leaving) {
    leaving = true;
    location.reload();
    // A browser that asks first, for what was not kept yet, may be told to stay; the next call leads there again.
    setTimeout(() => {
      leaving = false;
    }, 5_000);
  }
  return true;
}

export const never = (): Promise<never> => new Promise(() => undefined);
