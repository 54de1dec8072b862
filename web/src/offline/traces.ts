/**
 * What a person leaves on this device besides drafts and the outbox: habits, lists that were asked for, and the browser's
 * readiness to be knocked at. It goes with them.
 *
 * The server clears no storage at a sign-out, because some of it is the device's: the witness of the ledger and its alarm,
 * which the house must not be able to erase, and what others left here sealed.
 */

/** What names nobody and stays; anything of ours that is not named here goes. */
const DEVICES = ['kedun.ledger', 'kedun.ledger.alarm', 'kedun.language', 'kedun.theme'];

export function forgetTraces(): void {
  for (const name of Object.keys(localStorage))
    if (name.startsWith('kedun.') && !DEVICES.includes(name)) localStorage.removeItem(name);
  globalThis.sessionStorage?.clear();
}

/** The sentence that a knock shows (shell/notifications/push.ts), and the address that is knocked at. */
export async function forgetKnocks(): Promise<void> {
  await globalThis.caches?.delete('kedun-said');
  const registration = await globalThis.navigator?.serviceWorker?.getRegistration();
  await (await registration?.pushManager?.getSubscription())?.unsubscribe();
}
