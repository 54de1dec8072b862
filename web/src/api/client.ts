/** The one place that calls the server. */
import { taken } from '@/ahead';
import { currentLanguage } from '@/i18n/language';
import type { ProblemBody } from './contract';
import { expiry } from './expiry';
import { isGate, never } from './gate';
import { Problem } from './problem';

export const BASE = '/api/v1';

type Options = {
  body?: unknown;
  ifMatch?: number;
  idempotencyKey?: string;
  signal?: AbortSignal | undefined;
  /** Set where a 401 is an answer rather than an interruption: signing in, and the first look. */
  anonymous?: boolean;
  /** Set by whoever keeps what it sends and tries again by itself: it is told also what the page goes away for. */
  keeps?: boolean;
  /** A customer's secret link, for the pages without an account; no cookie travels with it. Empty where none is needed. */
  link?: string;
};

async function send(method: string, path: string, options: Options): Promise<Response> {
  const headers: Record<string, string> = {
    Accept: 'application/json, application/problem+json, */*;q=0.1',
    'Accept-Language': currentLanguage(),
  };
  if (method !== 'GET') headers['X-Kedun-Request'] = '1';
  if (options.body !== undefined) headers['Content-Type'] = 'application/json';
  if (options.ifMatch !== undefined) headers['If-Match'] = `"${options.ifMatch}"`;
  if (options.idempotencyKey) headers['Idempotency-Key'] = options.idempotencyKey;
  if (options.link) headers['X-Kedun-Link'] = options.link;
  const credentials = options.link === undefined ? 'same-origin' : 'omit';
  const init: RequestInit = { method, headers, credentials, cache: 'no-store' };
  if (options.body !== undefined) init.body = JSON.stringify(options.body);
  if (options.signal) init.signal = options.signal;
  try {
    // What was asked for before the app was there; it failed for want of a network, so it is asked again.
    const early = options.link === undefined && (await taken(method, path, init.body as string | undefined));
    return early || (await fetch(BASE + path, init));
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new Problem(0, { code: 'offline' });
  }
}

/** What it holds. A network that goes away after the first line of an answer is no network either. */
async function read<T>(body: Promise<T>): Promise<T> {
  try {
    return await body;
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new Problem(0, { code: 'offline' });
  }
}

async function problemOf(response: Response): Promise<Problem> {
  let body: ProblemBody = {};
  try {
    body = (await response.json()) as ProblemBody;
  } catch {
    // A proxy in between answered with something that is not ours; the status still tells.
  }
  const wait = Number.parseInt(response.headers.get('Retry-After') ?? '', 10);
  return new Problem(response.status, body, Number.isFinite(wait) ? wait : null);
}

/** What the server answers with success; a session that ended is waited for, anything else is a problem. */
async function answered(method: string, path: string, options: Options): Promise<Response> {
  for (;;) {
    const response = await send(method, path, options);
    if (response.ok) return response;
    const problem = await problemOf(response);
    if (
      problem.status === 401 &&
      problem.code === 'no_session' &&
      !options.anonymous &&
      options.link === undefined
    ) {
      if (await expiry.wait()) continue;
    }
    const gate = !options.anonymous && options.link === undefined && isGate(problem);
    if (gate && !options.keeps) return never();
    throw problem;
  }
}

export async function call<T>(method: string, path: string, options: Options = {}): Promise<T> {
  const response = await answered(method, path, options);
  if (response.status === 204) return undefined as T;
  return read(response.json() as Promise<T>);
}

/** The body as it came: tiles, notes, proofs. */
export async function fetchBytes(path: string): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await read((await answered('GET', path, {})).arrayBuffer()));
}

type Sending = {
  /** What it is called; it travels beside the bytes and not in the address. */
  name: string;
  idempotencyKey: string;
  signal?: AbortSignal | undefined;
  /** Told how much has left, from 0 to 1. */
  onProgress?: ((part: number) => void) | undefined;
};

/** Sends bytes as they are. By the older way to ask, because only that one says how far it is. */
export async function sendFile<T>(path: string, file: Blob, sending: Sending): Promise<T> {
  for (;;) {
    const { status, body, wait } = await sendOnce(path, file, sending);
    if (status >= 200 && status < 300) return body as T;
    const problem = new Problem(status, (body ?? {}) as ProblemBody, wait);
    if (problem.status === 401 && problem.code === 'no_session' && (await expiry.wait())) continue;
    if (isGate(problem)) return never();
    throw problem;
  }
}

function sendOnce(
  path: string,
  file: Blob,
  { name, idempotencyKey, signal, onProgress }: Sending,
): Promise<{ status: number; body: unknown; wait: number | null }> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open('POST', BASE + path);
    request.responseType = 'json';
    for (const [header, value] of [
      ['Accept', 'application/json, application/problem+json'],
      ['Accept-Language', currentLanguage()],
      ['X-Kedun-Request', '1'],
      // What it is, its bytes say.
      ['Content-Type', 'application/octet-stream'],
      ['X-Kedun-File-Name', encodeURIComponent(name)],
      ['Idempotency-Key', idempotencyKey],
    ] as const)
      request.setRequestHeader(header, value);
    const lost = () => reject(new Problem(0, { code: 'offline' }));
    request.upload.onprogress = ({ loaded, total }) => onProgress?.(total > 0 ? loaded / total : 0);
    request.onload = () => {
      const wait = Number.parseInt(request.getResponseHeader('Retry-After') ?? '', 10);
      resolve({
        status: request.status,
        body: request.response,
        wait: Number.isFinite(wait) ? wait : null,
      });
    };
    request.onerror = lost;
    request.ontimeout = lost;
    request.onabort = lost;
    signal?.addEventListener('abort', () => request.abort(), { once: true });
    request.send(file);
  });
}

export const api = {
  get: <T>(path: string, options?: Options) => call<T>('GET', path, options),
  post: <T>(path: string, body: unknown = {}, options?: Options) =>
    call<T>('POST', path, { ...options, body }),
  put: <T>(path: string, body: unknown, options?: Options) => call<T>('PUT', path, { ...options, body }),
  patch: <T>(path: string, body: unknown, options?: Options) => call<T>('PATCH', path, { ...options, body }),
  /** Signed statements and keys, which are text. */
  text: async (path: string, options: Options = {}): Promise<string> =>
    read((await answered('GET', path, options)).text()),
  /** A file that is asked for with a body, because what must be shown for it belongs into no address. */
  file: async (path: string, body: unknown, options: Options = {}): Promise<Blob> =>
    read((await answered('POST', path, { ...options, body })).blob()),
  delete: <T>(path: string, body?: unknown) => call<T>('DELETE', path, body === undefined ? {} : { body }),
};

/**
 * A call that is over when it returns, for the moment before a page goes to paper; nothing else may block the page.
 * True when the server has done what it was asked.
 */
export function postBeforeReturning(path: string, body: unknown): boolean {
  const request = new XMLHttpRequest();
  request.open('POST', BASE + path, false);
  request.setRequestHeader('Content-Type', 'application/json');
  request.setRequestHeader('X-Kedun-Request', '1');
  try {
    request.send(JSON.stringify(body));
  } catch {
    return false;
  }
  return request.status >= 200 && request.status < 300;
}

export const seg = encodeURIComponent;
export function recordPath(object: string, id: string): string {
  return `/objects/${seg(object)}/records/${seg(id)}`;
}
