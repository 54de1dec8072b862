/**
 * What the first screen needs, asked for at once and side by side: a phone's network carries enough and turns round
 * slowly. Without this the code of a page would be asked for after who we are, and its data after its code.
 */
import { api, seg } from './api/client';
import type { Me, ObjectDef } from './api/contract';
import { byOurClock, objectQuery, queryClient, recordsQuery } from './api/queries';
import { firstView, listQuestion } from './records/list/query';

let looked: Promise<Me> | null = null;

// Anonymous: a stranger is sent to the door, not shown a sheet over a page that is not there.
const look = async () => byOurClock(await api.get<Me>('/me', { anonymous: true }));

/** Who we are, from the look that was begun early if nobody has taken it yet. */
export function firstLook(): Promise<Me> {
  const early = looked ?? look();
  looked = null;
  return early;
}

/** Begins with a page behind the sign-in. */
export function begin({ pathname, search }: Location): void {
  looked = look();
  looked.catch(() => undefined);
  const [, object, rest] = /^\/records\/([^/]+)(\/.*)?$/.exec(pathname) ?? [];
  if (object) void beginRecords(object, rest ? undefined : new URLSearchParams(search));
}

/** What an object is, and for a plain list its first page. */
async function beginRecords(name: string, list: URLSearchParams | undefined): Promise<void> {
  const quietly = { anonymous: true };
  await queryClient.prefetchQuery({
    ...objectQuery(name),
    queryFn: ({ signal }) => api.get<ObjectDef>(`/objects/${seg(name)}`, { ...quietly, signal }),
    retry: false,
  });
  const object = queryClient.getQueryData(objectQuery(name).queryKey);
  // Conditions and an order of one's own are the list's to read.
  if (!object || !list || list.has('f') || list.has('sort')) return;
  const view = list.has('view')
    ? object.views.find((one) => one.name === list.get('view'))
    : firstView(object);
  if (!view) return;
  void queryClient.prefetchInfiniteQuery({
    ...recordsQuery(name, listQuestion(view, undefined), { anonymous: true }),
    retry: false,
  });
}
