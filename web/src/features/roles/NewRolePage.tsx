/** A role that is not there yet: after which pattern, how it is called, what it may; published like any other. */
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { type ObjectBody, objectBodiesQuery, type RoleBody, roleBodiesQuery } from '@/api/admin';
import { queryClient } from '@/api/queries';
import { say, t } from '@/i18n';
import { ProblemState } from '@/records/ProblemState';
import { cx } from '@/ui/cx';
import desk from '@/ui/desk.module.css';
import { Icon } from '@/ui/Icon';
import { Skeleton } from '@/ui/State';
import { RoleEditor } from './RoleEditor';
import css from './roles.module.css';

const route = getRouteApi('/app/roles/new-role');
/** No role is called so: names have no hyphen. */
const BLANK = '-';
const blank: RoleBody = { name: '', label: { zh: '', en: '' }, grants: [], acts: {}, reveals_per_hour: 0 };

/** What a new role begins with: all of the pattern but what makes it that role. */
function after(pattern: RoleBody): RoleBody {
  const { administrator, ...rest } = pattern;
  return { ...rest, ...(administrator ? { acts: {} } : {}), name: '', label: blank.label };
}

export function NewRolePage() {
  const { from } = route.useSearch();
  const navigate = useNavigate();
  const roles = useQuery(roleBodiesQuery);
  const objects = useQuery(objectBodiesQuery);
  const failed = roles.error ?? objects.error;
  const patterns = (roles.data ?? []).map((role) => role.body);
  const pattern = patterns.find((role) => role.name === from);
  const begun = from === BLANK ? blank : pattern ? after(pattern) : null;
  return (
    <div className={desk.page}>
      <header className={desk.head}>
        <h1>{t('roles.new')}</h1>
        <Link to="/roles">{t('roles.title')}</Link>
      </header>
      <p className={desk.why}>{t('roles.new.why')}</p>
      {(roles.isPending || objects.isPending) && <Skeleton label={t('loading')} />}
      {failed && (
        <ProblemState
          error={failed}
          retry={() => {
            void roles.refetch();
            void objects.refetch();
          }}
        />
      )}
      {roles.data && objects.data && !begun && <Patterns roles={patterns} />}
      {objects.data && begun && (
        <>
          <p className={cx(desk.line, css.pattern)}>
            <span>{t('roles.new.like', { role: pattern ? say(pattern.label) : t('roles.new.blank') })}</span>
            <Link to="/roles/new-role">{t('roles.new.other')}</Link>
          </p>
          <RoleEditor
            key={from}
            draft={`role:new:${from}`}
            present={{ version: 0, body: begun }}
            objects={objects.data.map((object): ObjectBody => object.body)}
            onDone={() => void navigate({ to: '/roles' })}
            onMade={(made) => {
              void queryClient.invalidateQueries({ queryKey: ['definitions'] });
              void queryClient.invalidateQueries({ queryKey: ['roles'] });
              void navigate({ to: '/roles/$role', params: { role: made.name } });
            }}
          />
        </>
      )}
    </div>
  );
}

function Patterns({ roles }: { roles: RoleBody[] }) {
  // What belongs to an administrator does not come along, so those make poor patterns.
  const inOrder = [...roles].sort(
    (a, b) => Number(Boolean(a.administrator)) - Number(Boolean(b.administrator)),
  );
  const kinds = (role: RoleBody) => new Set(role.grants.map((grant) => grant.object)).size;
  return (
    <section className={desk.part}>
      <h2>{t('roles.new.from')}</h2>
      <ul className={desk.list}>
        {inOrder.map((role) => (
          <Pattern
            key={role.name}
            from={role.name}
            title={say(role.label)}
            why={t('roles.new.pattern', { n: kinds(role), m: role.grants.length })}
          />
        ))}
        <Pattern from={BLANK} title={t('roles.new.blank')} why={t('roles.new.blank.why')} />
      </ul>
    </section>
  );
}

function Pattern({ from, title, why }: { from: string; title: string; why: string }) {
  return (
    <li>
      <Link to="/roles/new-role" search={{ from }} className={cx(desk.item, css.from)}>
        <span className={desk.words}>
          <b>{title}</b>
          <span className={desk.meta}>{why}</span>
        </span>
        <Icon name="next" size={18} />
      </Link>
    </li>
  );
}
