/**
 * What the first screen needs, asked for at once and side by side: a phone's network carries enough and turns round
 * slowly. Without this the code of a page would be asked for after who we are, and its data after its code.
 */
import { api, seg } from './api/client';
import type { Me, ObjectDef } from './api/contract';
import { objectQuery, queryClient } from './api/queries';

let looked: Promise<Me> | null = null;

// Anonymous: a stranger is sent to the door, not shown a sheet over a page that is not there.
const look = () => api.get<Me>('/me', { anonymous: true });

/** Who we are, from the look that was begun early if nobody has taken it yet. */
export function firstLook(): Promise<Me> {
  const early = looked ?? look();
  looked = null;
  return early;
}

/** Begins with a page behind the sign-in. */
export function begin(path: string): void {
  looked = look();
  looked.catch(() => undefined);
  const object = /^\/records\/([^/]+)/.exec(path)?.[1];
  if (object)
    void queryClient.prefetchQuery({
      ...objectQuery(object),
      queryFn: ({ signal }) => api.get<ObjectDef>(`/objects/${seg(object)}`, { anonymous: true, signal }),
      retry: false,
    });
}
