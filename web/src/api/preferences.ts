/** What a person arranged for themselves, kept by the server so that it is there on every device. */
import { queryOptions } from '@tanstack/react-query';
import { api, seg } from './client';
import { queryClient } from './queries';

type Kept = { name: string; value: Record<string, unknown> };
export type Preferences = Record<string, Record<string, unknown>>;

export const preferencesQuery = queryOptions({
  queryKey: ['preferences'],
  queryFn: async ({ signal }): Promise<Preferences> => {
    const { preferences } = await api.get<{ preferences: Kept[] }>('/me/preferences', { signal });
    return Object.fromEntries(preferences.map(({ name, value }) => [name, value]));
  },
  staleTime: 5 * 60_000,
});

/** Shows at once what is being kept; what the server refuses is shown no longer. */
async function change(name: string, value: Record<string, unknown> | null): Promise<void> {
  await queryClient.cancelQueries({ queryKey: preferencesQuery.queryKey });
  queryClient.setQueryData(preferencesQuery.queryKey, (old: Preferences | undefined) => {
    const { [name]: _was, ...others } = old ?? {};
    return value ? { ...others, [name]: value } : others;
  });
  try {
    const path = `/me/preferences/${seg(name)}`;
    await (value ? api.put(path, { value }) : api.delete(path));
  } catch (problem) {
    void queryClient.invalidateQueries({ queryKey: preferencesQuery.queryKey });
    throw problem;
  }
}

export const keepPreference = (name: string, value: Record<string, unknown>): Promise<void> =>
  change(name, value);
export const dropPreference = (name: string): Promise<void> => change(name, null);
