/** How many there are of what an administrator looks after. A number that was cut short says so. */
import { queryOptions } from '@tanstack/react-query';
import { api, seg } from '@/api/client';
import type { Person, Present, RecordPage } from '@/api/contract';

export type Counted = { n: number; more: boolean };

const wanted = {
  all: () => true,
  one_time: (person: Person) => person.one_time === true,
  roleless: (person: Person) => person.roles?.length === 0,
};

export const accountsCount = (state: 'active' | 'frozen', which: keyof typeof wanted) =>
  queryOptions({
    queryKey: ['people', 'count', state],
    queryFn: ({ signal }) =>
      api.get<{ people: Person[]; next_cursor: string | null }>(`/people?state=${state}&limit=200`, {
        signal,
      }),
    select: ({ people, next_cursor }): Counted => ({
      n: people.filter(wanted[which]).length,
      more: next_cursor !== null,
    }),
  });

/** Records of a kind, all or in one of these states. */
export const counted = (object: string, states: string[] | null) =>
  queryOptions({
    queryKey: ['records', object, 'count', states],
    queryFn: async ({ signal }): Promise<Counted> => {
      const filter = states && { filter: { field: 'state', op: 'in', value: states } };
      const page = await api.post<RecordPage>(
        `/objects/${seg(object)}/query`,
        { ...filter, limit: 1, count: true, fields: [] },
        { signal },
      );
      return { n: page.count?.value ?? page.records.length, more: page.count?.capped ?? false };
    },
  });

export const openAlerts = queryOptions({
  queryKey: ['alerts', 'count'],
  queryFn: async ({ signal }): Promise<Counted> => {
    const page = await api.get<{ alerts: unknown[]; next_cursor: string | null }>(
      '/alerts?state=open&limit=100',
      { signal },
    );
    return { n: page.alerts.length, more: page.next_cursor !== null };
  },
});

export const presentCount = queryOptions({
  queryKey: ['people', 'present'],
  queryFn: async ({ signal }) => (await api.get<{ people: Present[] }>('/people/present', { signal })).people,
  select: (people): Counted => ({ n: people.length, more: false }),
});
