/** Accounts, for the administrator of accounts and the one of roles: who there is, where, with which roles. */

import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { accountsQuery, rolesQuery, teamsQuery } from '@/api/admin';
import type { OneTime, Person, RoleRef } from '@/api/contract';
import { meQuery } from '@/api/queries';
import { say, t } from '@/i18n';
import { byName } from '@/i18n/order';
import { indented } from '@/records/departmentTree';
import { ProblemState } from '@/records/ProblemState';
import { Avatar } from '@/ui/Avatar';
import { Button } from '@/ui/Button';
import css from '@/ui/desk.module.css';
import { Icon } from '@/ui/Icon';
import { Input, Select } from '@/ui/Input';
import { Skeleton, State } from '@/ui/State';
import { Tag } from '@/ui/Tag';
import { NewPersonSheet } from './NewPersonSheet';
import { OneTimeSheet } from './OneTimeSheet';
import { PersonSheet, roleNames } from './PersonSheet';

const route = getRouteApi('/app/people');

export function PeoplePage() {
  const search = route.useSearch();
  const navigate = useNavigate({ from: '/people' });
  const me = useQuery(meQuery);
  const departments = useQuery(teamsQuery);
  const roles = useQuery(rolesQuery);
  const [q, setQ] = useState(search.q ?? '');
  const filter = {
    q: (search.q ?? '').trim(),
    department: search.department ?? '',
    state: search.state ?? '',
    role: search.role ?? '',
  };
  const people = useInfiniteQuery(accountsQuery(filter));
  const [adding, setAdding] = useState(false);
  const [once, setOnce] = useState<{ name: string; once: OneTime } | null>(null);
  const loaded = people.data?.pages.flatMap((page) => page.people) ?? [];
  // A page that came later must not push those above it about.
  const found = people.hasNextPage || (people.data?.pages.length ?? 0) > 1 ? loaded : loaded.sort(byName);
  const open = found.find((person) => person.id === search.open);
  const manages = me.data?.acts.includes('people.manage') ?? false;
  const narrowed = Object.values(filter).some(Boolean);
  type Name = keyof typeof search;
  const set = (name: Name, value: string) =>
    void navigate({
      search: ({ [name]: _, ...rest }) => (value ? { ...rest, [name]: value } : rest),
      replace: true,
    });

  return (
    <div className={css.page}>
      <header className={css.head}>
        <h1>{t('people.title')}</h1>
        {manages && (
          <>
            <Link to="/departments">{t('departments.title')}</Link>
            <Button look="primary" icon="plus" onClick={() => setAdding(true)}>
              {t('people.new')}
            </Button>
          </>
        )}
      </header>
      <p className={css.why}>{t(manages ? 'people.why' : 'people.why.roles')}</p>
      <search className={css.filters}>
        <Input
          type="search"
          aria-label={t('people.search')}
          placeholder={t('people.search')}
          value={q}
          onChange={(event) => {
            setQ(event.target.value);
            set('q', event.target.value);
          }}
        />
        <Select
          aria-label={t('people.department')}
          value={filter.department}
          onChange={(event) => set('department', event.target.value)}
        >
          <option value="">{t('people.all_departments')}</option>
          {indented(departments.data ?? []).map(({ department, depth }) => (
            <option key={department.id} value={department.id}>
              {'　'.repeat(depth)}
              {department.name}
            </option>
          ))}
        </Select>
        <Select
          aria-label={t('people.roles')}
          value={filter.role}
          onChange={(event) => set('role', event.target.value)}
        >
          <option value="">{t('people.all_roles')}</option>
          {roles.data?.map((role) => (
            <option key={role.name} value={role.name}>
              {say(role.label)}
            </option>
          ))}
        </Select>
        {manages && (
          <Select
            aria-label={t('people.state')}
            value={filter.state}
            onChange={(event) => set('state', event.target.value)}
          >
            <option value="">{t('people.all_states')}</option>
            <option value="active">{t('people.active')}</option>
            <option value="frozen">{t('people.frozen')}</option>
          </Select>
        )}
      </search>
      {people.isPending && <Skeleton label={t('loading')} />}
      {people.error && <ProblemState error={people.error} retry={() => people.refetch()} />}
      {people.data && found.length === 0 && (
        <State
          icon="me"
          title={t('people.empty')}
          why={t('people.empty.why')}
          action={
            narrowed && (
              <Button
                onClick={() => {
                  setQ('');
                  void navigate({ search: {}, replace: true });
                }}
              >
                {t('people.clear')}
              </Button>
            )
          }
        />
      )}
      <ul className={css.list}>
        {found.map((person) => (
          <PersonRow
            key={person.id}
            person={person}
            roles={roles.data}
            onOpen={() => set('open', person.id)}
          />
        ))}
      </ul>
      {people.hasNextPage && (
        <Button wide busy={people.isFetchingNextPage} onClick={() => void people.fetchNextPage()}>
          {t('people.more')}
        </Button>
      )}
      {adding && departments.data && (
        <NewPersonSheet
          departments={departments.data}
          onClose={() => setAdding(false)}
          onOpened={(name, made) => setOnce({ name, once: made })}
        />
      )}
      {open && !once && (
        <PersonSheet
          // What was saved is what the form begins with again.
          key={`${open.id}${open.department?.id}${open.name}${open.roles}`}
          person={open}
          onClose={() => set('open', '')}
          onOnce={(name, made) => setOnce({ name, once: made })}
        />
      )}
      {once && <OneTimeSheet {...once} onClose={() => setOnce(null)} />}
    </div>
  );
}

function PersonRow({
  person,
  roles,
  onOpen,
}: {
  person: Person;
  roles: RoleRef[] | undefined;
  onOpen: () => void;
}) {
  const names = roleNames(person, roles);
  return (
    <li>
      <button type="button" className={css.item} onClick={onOpen}>
        <Avatar name={person.name} />
        <span className={css.words}>
          <span className={css.line}>
            <b>{person.name}</b>
            {person.state === 'frozen' && <Tag tone="cinnabar">{t('people.frozen')}</Tag>}
            {person.one_time && <Tag tone="amber">{t('people.one_time')}</Tag>}
            {names.length === 0 && person.state !== 'frozen' && (
              <Tag tone="amber">{t('people.no_roles')}</Tag>
            )}
          </span>
          <span className={css.meta}>
            {[person.login, person.department?.name, names.join(t('list.comma'))].filter(Boolean).join(' · ')}
          </span>
        </span>
        <Icon name="next" size={18} />
      </button>
    </li>
  );
}
