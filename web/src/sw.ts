/**
 * The service worker: the app shell only.
 *
 * Nothing under `/api/` is ever looked at, let alone kept: what the server says about customers lives in the
 * memory of the page and dies with it.
 */
type WorkerEvent = Event & { waitUntil(work: Promise<unknown>): void };
type FetchLike = WorkerEvent & { request: Request; respondWith(answer: Promise<Response>): void };
/** A word that the page asked us to show; a click leads to where it is explained. */
type Pressed = WorkerEvent & { notification: { close(): void; data?: { path?: string } } };
type OpenPage = { focus(): Promise<unknown>; postMessage(word: { path: string }): void };
/** A knock. There is never anything in it. */
type Said = { title: string; body?: string };
type ShellWorker = {
  registration: { showNotification(title: string, options: object): Promise<void> };
  addEventListener(type: 'push', listener: (event: WorkerEvent) => void): void;
  addEventListener(type: 'notificationclick', listener: (event: Pressed) => void): void;
  addEventListener(type: 'install' | 'activate', listener: (event: WorkerEvent) => void): void;
  addEventListener(type: 'fetch', listener: (event: FetchLike) => void): void;
  skipWaiting(): Promise<void>;
  clients: {
    claim(): Promise<void>;
    matchAll(options: { type: 'window' }): Promise<OpenPage[]>;
    openWindow(url: string): Promise<unknown>;
  };
  location: Location;
};
const worker = self as unknown as ShellWorker;

/** Replaced at build time (vite.config.ts): the shell's files, and what the addresses of its pages begin with. */
const shell = JSON.parse('__SHELL__') as string[];
const pages = JSON.parse('__PAGES__') as string[];
// The hashed names change with every build, so they are the version.
const NAME = `kedun-shell-${[...shell.join()].reduce((sum, c) => (sum * 31 + c.charCodeAt(0)) | 0, 7) >>> 0}`;

/** Where a page left the sentence for a knock, in the language of its person; see shell/notifications/push.ts. */
const SAID = 'kedun-said';

worker.addEventListener('install', (event) => {
  event.waitUntil(
    caches
      .open(NAME)
      .then((cache) => cache.addAll(shell))
      .then(() => worker.skipWaiting()),
  );
});

worker.addEventListener('activate', (event) => {
  event.waitUntil(
    caches
      .keys()
      .then((names) =>
        Promise.all(
          names.filter((name) => name !== NAME && name !== SAID).map((name) => caches.delete(name)),
        ),
      )
      .then(() => worker.clients.claim()),
  );
});

worker.addEventListener('fetch', (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== 'GET' || url.origin !== worker.location.origin) return;
  if (request.mode === 'navigate' && pages.includes(url.pathname.split('/')[1] ?? '')) {
    // The kept page at once, for a phone waits long for the first byte; the next visit has what is fetched meanwhile.
    const fresh = fetch('/').then(async (page) => {
      if (page.ok) await (await caches.open(NAME)).put('/', page.clone());
      return page;
    });
    event.waitUntil(fresh.catch(() => undefined));
    event.respondWith(caches.match('/').then((kept) => kept ?? fresh));
  } else if (shell.includes(url.pathname)) {
    event.respondWith(caches.match(url.pathname).then((kept) => kept ?? fetch(request)));
  }
});

worker.addEventListener('push', (event) => {
  event.waitUntil(
    caches
      .open(SAID)
      .then((cache) => cache.match('/said'))
      .then((kept): Promise<Said> | Said => kept?.json() ?? { title: 'Kedun' })
      .then(({ title, ...rest }) =>
        worker.registration.showNotification(title, {
          ...rest,
          // The next knock takes the place of this one.
          tag: 'knock',
          icon: '/icon-192.png',
          data: { path: '/#notifications' },
        }),
      ),
  );
});

worker.addEventListener('notificationclick', (event) => {
  event.notification.close();
  const path = event.notification.data?.path ?? '/';
  event.waitUntil(
    worker.clients.matchAll({ type: 'window' }).then(async ([page]) => {
      if (!page) return worker.clients.openWindow(path);
      await page.focus();
      // The page goes there by itself: loading it anew would lose what is on it.
      page.postMessage({ path });
      return;
    }),
  );
});
