/** One role: its rights to click, what a change would do and to whom, its versions. */
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useId, useState } from 'react';
import { type Defined, definitionQuery, objectBodiesQuery, type RoleBody } from '@/api/admin';
import { meQuery, queryClient } from '@/api/queries';
import { say, t, tCode } from '@/i18n';
import { dateTime } from '@/i18n/format';
import { keptBase } from '@/records/form/useKeptForm';
import { ProblemState } from '@/records/ProblemState';
import { cx } from '@/ui/cx';
import desk from '@/ui/desk.module.css';
import { Skeleton } from '@/ui/State';
import { TabPanel, Tabs } from '@/ui/Tabs';
import { Tag } from '@/ui/Tag';
import { RoleEditor } from './RoleEditor';
import css from './roles.module.css';
import { Versions } from './Versions';

const route = getRouteApi('/app/roles/$role');
type Tab = 'rights' | 'versions';

export function RolePage() {
  const { role } = route.useParams();
  return <Role key={role} name={role} />;
}

function Role({ name }: { name: string }) {
  const draft = `role:${name}`;
  const present = useQuery(definitionQuery<RoleBody>('role', name));
  const objects = useQuery(objectBodiesQuery);
  const me = useQuery(meQuery);
  const manages = me.data?.acts.includes('roles.manage') ?? false;
  const [tab, setTab] = useState<Tab>('rights');
  // What an editor began with stays until it is published or let go: a newer version must not take away what was clicked.
  const [begun, setBegun] = useState(() => keptBase<Defined<RoleBody>>(draft));
  const panel = useId();
  const failed = present.error ?? objects.error;
  const shown = begun ?? present.data;
  function again() {
    for (const query of [present, objects]) if (query.error) void query.refetch();
  }
  function done() {
    setBegun(null);
    void queryClient.invalidateQueries({ queryKey: ['definition', 'role', name] });
    void queryClient.invalidateQueries({ queryKey: ['definitions'] });
  }
  return (
    <div className={desk.page}>
      <header className={desk.head}>
        <h1>{shown ? say(shown.body.label) : t('roles.role')}</h1>
        {shown?.body.administrator && (
          <Tag tone="indigo">{tCode('administrator', shown.body.administrator)}</Tag>
        )}
        <Link to="/roles">{t('roles.title')}</Link>
      </header>
      {present.data && (
        <p className={desk.why}>
          {t('roles.version', {
            version: present.data.version,
            time: dateTime(present.data.published_at),
            name: present.data.published_by_name ?? t('timeline.system'),
          })}
        </p>
      )}
      {manages && me.data?.person.roles.some((held) => held.name === name) && (
        <p className={desk.note}>{t('roles.own')}</p>
      )}
      {me.data && !manages && <p className={desk.note}>{t('roles.read_only')}</p>}
      <p className={cx(desk.line, css.pattern)}>
        {(manages || me.data?.acts.includes('people.manage')) && (
          <Link to="/people" search={{ role: name }}>
            {t('roles.held')}
          </Link>
        )}
        {manages && (
          <Link to="/roles/new-role" search={{ from: name }}>
            {t('roles.new.this')}
          </Link>
        )}
      </p>
      <Tabs<Tab>
        label={t('roles.title')}
        panel={panel}
        value={tab}
        onChange={setTab}
        tabs={[
          { key: 'rights', label: t('roles.rights') },
          { key: 'versions', label: t('roles.versions') },
        ]}
      />
      <TabPanel id={panel} tab={tab}>
        {(present.isPending || objects.isPending) && <Skeleton label={t('loading')} />}
        {failed && <ProblemState error={failed} retry={again} />}
        {shown && objects.data && (
          <div hidden={tab !== 'rights'}>
            <RoleEditor
              key={shown.version}
              draft={draft}
              present={shown}
              objects={objects.data.map((object) => object.body)}
              readOnly={!manages}
              onBegin={() => setBegun((before) => before ?? shown)}
              onDone={done}
            />
          </div>
        )}
        {tab === 'versions' && present.data && (
          <Versions name={name} present={present.data.version} mayGoBack={manages} onDone={done} />
        )}
      </TabPanel>
    </div>
  );
}
