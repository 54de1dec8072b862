/** The service worker keeps the shell, never data; see sw.ts. */

/** Milliseconds: by then a first page stands, and fetching all the others takes nothing away from it. */
const AFTER = 4_000;

export function registerWorker(): void {
  if (!('serviceWorker' in navigator) || !import.meta.env.PROD) return;
  addEventListener('load', () => {
    setTimeout(() => {
      // Refused on plain HTTP away from localhost; the app works without it.
      navigator.serviceWorker.register('/sw.js', { scope: '/' }).catch(() => undefined);
    }, AFTER);
  });
}
