/** What the three administrators ask: accounts, teams, roles, thresholds, sessions of others. Keys live here. */

import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { byName } from '@/i18n/order';
import { api, recordPath, seg } from './client';
import type {
  DefinitionView,
  Department,
  Explanation,
  Label,
  Person,
  Present,
  Preview,
  Right,
  RoleRef,
  RowScope,
  Settings,
  Verb,
} from './contract';

export type PeopleFilter = { q: string; department: string; state: string; role: string };

export const accountsQuery = (filter: PeopleFilter) =>
  infiniteQueryOptions({
    queryKey: ['people', 'accounts', filter],
    queryFn: ({ pageParam, signal }) => {
      const asked = new URLSearchParams({ limit: '50' });
      for (const [name, value] of Object.entries(filter)) if (value) asked.set(name, value);
      if (pageParam) asked.set('cursor', pageParam);
      return api.get<{ people: Person[]; next_cursor: string | null }>(`/people?${asked}`, { signal });
    },
    initialPageParam: '',
    getNextPageParam: (last) => last.next_cursor ?? undefined,
  });
/** With how many are in each, for those who manage accounts. */
export const teamsQuery = queryOptions({
  queryKey: ['departments', 'tree'],
  queryFn: async ({ signal }) =>
    (await api.get<{ departments: Department[] }>('/departments', { signal })).departments,
});
export const rolesQuery = queryOptions({
  queryKey: ['roles'],
  queryFn: async ({ signal }) => (await api.get<{ roles: RoleRef[] }>('/roles', { signal })).roles,
  staleTime: 60_000,
});
export const presentQuery = queryOptions({
  queryKey: ['people', 'present'],
  queryFn: async ({ signal }) =>
    (await api.get<{ people: Present[] }>('/people/present', { signal })).people.sort((a, b) =>
      byName(a.person, b.person),
    ),
  staleTime: 5_000,
});
export const settingsQuery = queryOptions({
  queryKey: ['settings'],
  queryFn: ({ signal }) => api.get<Settings>('/settings', { signal }),
});

/** Bodies of definitions, as far as these pages read them; the server checks every one that is sent. */
export type Reach = 'department_tree' | 'all';
export type FieldRights = {
  classes: Partial<Record<string, Right>>;
  names: Record<string, Right>;
  known?: Record<string, string>;
};
export type Grant = { id: string; object: string; verbs: Verb[]; scope: RowScope; fields: FieldRights };
export type RoleBody = {
  name: string;
  label: Label;
  administrator?: 'system' | 'security' | 'audit';
  grants: Grant[];
  acts: Record<string, Reach>;
  reveals_per_hour: number;
};
export type FieldBody = { id: string; name: string; label: Label; class: string; retired?: boolean };
export type ObjectBody = {
  name: string;
  label: Label;
  fields: FieldBody[];
  pooled?: boolean;
  system?: boolean;
};
export type NoticeBody = { purpose: string; title: { zh: string; en: string } };
export type RulesBody = {
  version: number;
  reveal_rate: { more_than: number; window_ms: number };
  idle_reveal: { at_least: number; window_ms: number };
  off_hours: {
    from_minute: number;
    to_minute: number;
    /** Days of its own, in definitions of before the company had a calendar. */
    holidays?: string[];
    window_ms: number;
  };
  split_export: { at_least: number; window_ms: number };
  file_rate: { more_than: number; window_ms: number };
  denied_scope: { burst: number; burst_window_ms: number; day: number; day_window_ms: number };
};
export const weekdays = [
  'monday',
  'tuesday',
  'wednesday',
  'thursday',
  'friday',
  'saturday',
  'sunday',
] as const;
export type Weekday = (typeof weekdays)[number];
export type CompanyBody = {
  name: Label;
  address?: string;
  contact: { who: Label; email?: string; phone?: string };
  calendar: { zone: string; working_week: Weekday[]; holidays: string[]; makeup_days: string[] };
  answer_days: number;
};
export type Defined<Body> = Omit<DefinitionView, 'body'> & { body: Body };

const bodies = <Body>(kind: string) =>
  queryOptions({
    queryKey: ['definitions', kind],
    queryFn: async ({ signal }) =>
      (await api.get<{ definitions: Defined<Body>[] }>(`/definitions?kind=${kind}&bodies=true`, { signal }))
        .definitions,
    staleTime: 60_000,
  });
export const roleBodiesQuery = bodies<RoleBody>('role');
export const objectBodiesQuery = bodies<ObjectBody>('object');
export const noticeBodiesQuery = bodies<NoticeBody>('notice');
export const definitionQuery = <Body>(kind: string, name: string, version?: number) =>
  queryOptions({
    queryKey: ['definition', kind, name, version ?? 'now'],
    queryFn: ({ signal }) =>
      api.get<Defined<Body>>(
        `/definitions/${kind}/${seg(name)}${version === undefined ? '' : `?version=${version}`}`,
        { signal },
      ),
    // Somebody may publish meanwhile: what an editor begins with must be what is in force.
    staleTime: 0,
  });
export const versionsQuery = (kind: string, name: string) =>
  queryOptions({
    queryKey: ['definition', kind, name, 'versions'],
    queryFn: async ({ signal }) =>
      (
        await api.get<{ definitions: DefinitionView[] }>(`/definitions/${kind}/${seg(name)}/versions`, {
          signal,
        })
      ).definitions,
    staleTime: 0,
  });
export const preview = (kind: string, name: string, body: object) =>
  api.post<Preview>(`/definitions/${kind}/${seg(name)}/previews`, { body });
export const publish = (kind: string, name: string, body: object, based_on: number) =>
  api.post<{ version: number }>(`/definitions/${kind}/${seg(name)}/versions`, { body, based_on });
export const rollBack = (kind: string, name: string, to: number, based_on: number) =>
  api.post<{ version: number }>(`/definitions/${kind}/${seg(name)}/rollbacks`, { to, based_on });

export const seersQuery = (object: string, id: string, field?: string) =>
  queryOptions({
    queryKey: ['seers', object, id, field ?? ''],
    queryFn: ({ signal }) =>
      api.get<Explanation>(
        `${recordPath(object, id)}/explain?who=true${field ? `&field=${seg(field)}` : ''}`,
        { signal },
      ),
    gcTime: 0,
  });
export const explainQuery = (object: string, id: string, person: string, field: string) =>
  queryOptions({
    queryKey: ['explain', object, id, person, field],
    queryFn: ({ signal }) =>
      api.get<Explanation>(
        `${recordPath(object, id)}/explain?person=${seg(person)}${field ? `&field=${seg(field)}` : ''}`,
        { signal },
      ),
    gcTime: 0,
  });
