/**
 * What the first screen asks the server for, before the app itself is there: a small script of its own that runs while
 * the rest is still on its way. A phone's network carries enough and turns round slowly.
 *
 * It imports nothing but what is tiny, and it is the same module for the app, which takes the answers from here.
 */
import type { ObjectDef } from './api/contract';
import { currentLanguage } from './i18n/language';
import { firstView, listQuestion } from './records/list/query';

const BASE = '/api/v1';
/** An answer that nobody came for is not true any more. */
const LIVES = 10_000;

const asked = new Map<string, Promise<Response>>();
const name = (method: string, path: string, body?: string) => `${method} ${path} ${body ?? ''}`;

/** Under way: what an object is, and then the page of its list. */
let listing: Promise<void> | undefined;

/**
 * The answer to exactly this question, once; none when it was not asked, or nothing came. Neither is a refusal one, but
 * who is here: whoever had no session a moment ago may have signed in since, and is not told that theirs has ended.
 */
export async function taken(method: string, path: string, body?: string): Promise<Response | undefined> {
  // The list may ask in the same moment in which this is about to.
  if (method === 'POST') await listing;
  const key = name(method, path, body);
  const answer = asked.get(key);
  asked.delete(key);
  const came = await answer?.catch(() => undefined);
  return came?.ok || path === '/me' ? came : undefined;
}

function ask(method: string, path: string, body?: string): Promise<Response> {
  const headers: Record<string, string> = {
    Accept: 'application/json',
    'Accept-Language': currentLanguage(),
  };
  if (body !== undefined) {
    headers['Content-Type'] = 'application/json';
    headers['X-Kedun-Request'] = '1';
  }
  const init: RequestInit = { method, headers, credentials: 'same-origin', cache: 'no-store' };
  if (body !== undefined) init.body = body;
  const answer = fetch(BASE + path, init);
  // Whoever takes it hears of a failure; who does not come does not need to.
  answer.catch(() => undefined);
  asked.set(name(method, path, body), answer);
  return answer;
}

/** The question that each list asked last: names of views and fields, and nothing of anybody. */
const KEPT = 'kedun.lists';

function kept(): Record<string, string> {
  try {
    return JSON.parse(localStorage.getItem(KEPT) ?? '{}') as Record<string, string>;
  } catch {
    return {};
  }
}

/** What an object is, and for a plain list its first page: by the question of the last time, if it still is the same. */
async function askRecords(object: string, list: URLSearchParams | undefined): Promise<void> {
  const path = `/objects/${encodeURIComponent(object)}`;
  // Conditions and an order of one's own are the list's to read.
  const plain = list && !list.has('f') && !list.has('sort') ? list : undefined;
  const which = plain && `${object}?${plain.get('view') ?? ''}`;
  const last = which && kept()[which];
  const about = ask('GET', path);
  if (last) ask('POST', `${path}/query`, last);
  const answer = await about;
  if (!answer.ok || !plain || !which) return;
  const def = (await answer.clone().json()) as ObjectDef;
  const wanted = plain.get('view');
  const view = wanted === null ? firstView(def) : def.views.find((one) => one.name === wanted);
  const question = view && JSON.stringify(listQuestion(view, undefined));
  if (!question || question === last) return;
  ask('POST', `${path}/query`, question);
  localStorage.setItem(KEPT, JSON.stringify({ ...kept(), [which]: question }));
}

function begin({ pathname, search }: Location): void {
  // Its words, which it asks for when it is there; nobody waits for these here.
  (currentLanguage() === 'en' ? import('./i18n/en/first') : import('./i18n/zh-CN/first')).catch(
    () => undefined,
  );
  // Who is at the door, or a customer with a link, has nothing behind it.
  if (/^\/(sign-in|welcome|p)(\/|$)/.test(pathname)) return;
  ask('GET', '/me');
  ask('GET', '/objects');
  if (pathname === '/') ask('GET', '/today');
  const [, object, rest] = /^\/records\/([^/]+)(\/.*)?$/.exec(pathname) ?? [];
  if (object) {
    ask('GET', '/me/preferences');
    listing = askRecords(decodeURIComponent(object), rest ? undefined : new URLSearchParams(search))
      .catch(() => undefined)
      .finally(() => {
        listing = undefined;
      });
  }
  setTimeout(() => asked.clear(), LIVES);
}

if (globalThis.location && globalThis.document) begin(location);
