/**
 * Being knocked at while the app is closed. A push of ours carries nothing: the browser's push service learns that it was
 * asked to wake this browser, and the sentence on the screen is one that lies here already.
 */
import { api } from '@/api/client';
import { Problem } from '@/api/problem';
import { t } from '@/i18n';

/** `install`: an iPhone hears only what was put on its home screen. `unavailable`: the operator has not turned it on. */
export type Push = 'unsupported' | 'install' | 'denied' | 'unavailable' | 'off' | 'on';

type Told = { state: 'unavailable' | 'off' | 'on'; key?: string };

/** Where the worker finds its sentence; it sees no storage of pages. Named in sw.ts too. */
const SAID = 'kedun-said';
/** Ms until a browser without a worker, or a push service that does not answer, is given up. */
const PATIENCE = 15_000;

export class Unreachable extends Error {}

/** What this browser alone says, before anybody asks the server. */
export function browserSays(): Extract<Push, 'unsupported' | 'install' | 'denied'> | null {
  const apple = /iPhone|iPad/.test(navigator.userAgent) || ('standalone' in navigator && isTouched());
  if (apple && !matchMedia('(display-mode: standalone)').matches) return 'install';
  if (!navigator.serviceWorker || !('PushManager' in globalThis) || !('Notification' in globalThis))
    return 'unsupported';
  return Notification.permission === 'denied' ? 'denied' : null;
}

/** An iPad calls itself a Mac. */
const isTouched = () => navigator.maxTouchPoints > 1;

const told = (signal?: AbortSignal) => api.get<Told>('/me/push', signal ? { signal } : {});

export async function lookAtPush(signal?: AbortSignal): Promise<Push> {
  const { state } = await told(signal);
  // What the house does not do is said before what this browser cannot.
  return state === 'unavailable' ? state : (browserSays() ?? state);
}

/** Asks the browser, which asks the person, and tells the server where to knock. */
export async function turnOnPush(): Promise<Push> {
  // First, for a browser asks only in answer to a tap.
  if ((await Notification.requestPermission()) !== 'granted') return lookAtPush();
  const { state, key } = await told();
  if (state === 'unavailable' || !key) return 'unavailable';
  await subscribe(key);
  return 'on';
}

export async function turnOffPush(): Promise<Push> {
  await api.delete('/me/push');
  await (await present())?.unsubscribe();
  return 'off';
}

/**
 * When the app begins: the browser may have lost its subscription or been given another, and one that stands here may be
 * somebody else's who used this browser before.
 */
export async function keepPush(): Promise<void> {
  if (browserSays() || Notification.permission !== 'granted') return;
  const { state, key } = await told();
  if (state === 'on' && key) await subscribe(key);
  else if (state === 'off') await (await present())?.unsubscribe();
}

async function subscribe(key: string): Promise<void> {
  const manager = (await worker()).pushManager;
  const wanted = bytes(key);
  let subscription = await manager.getSubscription();
  if (subscription && !same(subscription.options.applicationServerKey, wanted)) {
    await subscription.unsubscribe();
    subscription = null;
  }
  try {
    subscription ??= await within(manager.subscribe({ userVisibleOnly: true, applicationServerKey: wanted }));
  } catch {
    throw new Unreachable();
  }
  await api.put('/me/push', { endpoint: subscription.endpoint });
  await leaveSentence();
}

async function present(): Promise<PushSubscription | null> {
  const registration = await navigator.serviceWorker?.getRegistration();
  return (await registration?.pushManager?.getSubscription()) ?? null;
}

const worker = (): Promise<ServiceWorkerRegistration> =>
  within(navigator.serviceWorker.ready).catch(() => {
    throw new Unreachable();
  });

function within<T>(work: Promise<T>): Promise<T> {
  return Promise.race([
    work,
    new Promise<T>((_, reject) => setTimeout(() => reject(new Unreachable()), PATIENCE)),
  ]);
}

/** In the language on screen now: the worker has none of its own. */
async function leaveSentence(): Promise<void> {
  const said = { title: t('brand.short'), body: t('push.said') };
  await (await caches.open(SAID)).put('/said', new Response(JSON.stringify(said)));
}

const bytes = (text: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (c) => c.charCodeAt(0));

function same(a: ArrayBuffer | null, b: Uint8Array): boolean {
  const given = new Uint8Array(a ?? new ArrayBuffer(0));
  return given.length === b.length && given.every((byte, at) => byte === b[at]);
}

/** Why it could not be turned on: this browser's push service, which in some networks nobody reaches, or the server. */
export const isRefusal = (error: unknown): error is Problem => error instanceof Problem;
