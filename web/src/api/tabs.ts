/**
 * What tabs of one browser tell each other, for they share one cookie: who is in, and that somebody went out.
 *
 * Without it a tab would keep showing one person's customers while it already asks as another.
 */
import { forgetDrafts, whenWiped } from '@/offline/drafts';
import { forgetOutbox } from '@/offline/outbox';
import { letGo } from '@/records/files/underway';
import { expiry } from './expiry';

type Word = { in: string } | { out: true };
let channel: BroadcastChannel | null = null;
let here: string | null = null;

/** Says who this tab belongs to, once the server has said it. */
export function announce(person: string): void {
  here = person;
  channel?.postMessage({ in: person } satisfies Word);
}

/** Follows the other tabs: out with them, and back with them. */
export function followTabs(): void {
  if (!('BroadcastChannel' in globalThis)) return;
  channel = new BroadcastChannel('kedun');
  whenWiped(() => channel?.postMessage({ out: true } satisfies Word));
  channel.addEventListener('message', (event: MessageEvent<Word>) => {
    if (!here) return;
    if ('in' in event.data && event.data.in === here) {
      // Signed in again over there: what waits here goes on.
      if (expiry.snapshot()) expiry.settle(true);
      return;
    }
    forgetDrafts();
    // Their person was asked over there already, and nothing of theirs stays on the screen while the page leaves.
    forgetOutbox();
    letGo();
    document.body.style.display = 'none';
    location.replace('/');
  });
}
