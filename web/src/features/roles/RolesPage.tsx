/** Who may do what: role by object, each cell the grants side by side. On a phone one role at a time. */
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { type Grant, type ObjectBody, objectBodiesQuery, type RoleBody, roleBodiesQuery } from '@/api/admin';
import { meQuery } from '@/api/queries';
import { say, t, tCode } from '@/i18n';
import { ProblemState } from '@/records/ProblemState';
import { Button } from '@/ui/Button';
import { cx } from '@/ui/cx';
import desk from '@/ui/desk.module.css';
import { Select } from '@/ui/Input';
import { Skeleton } from '@/ui/State';
import { useDesktop } from '@/ui/useMedia';
import { GrantsSheet } from './GrantsSheet';
import { Mark } from './Mark';
import css from './roles.module.css';
import { inOrder, scopeText, shapeOf, shapes, verbLetter, verbs, verbText } from './scopes';

const route = getRouteApi('/app/roles');
type Cell = { role: RoleBody; object: ObjectBody };

export function RolesPage() {
  const roles = useQuery(roleBodiesQuery);
  const objects = useQuery(objectBodiesQuery);
  const me = useQuery(meQuery);
  const manages = me.data?.acts.includes('roles.manage') ?? false;
  const desktop = useDesktop();
  const navigate = useNavigate();
  const [cell, setCell] = useState<Cell | null>(null);
  const failed = roles.error ?? objects.error;
  const bodies = (roles.data ?? []).map((role) => role.body).sort(administratorsLast);
  const things = (objects.data ?? []).map((object) => object.body).sort(systemLast);
  return (
    <div className={cx(desk.page, desk.wide)}>
      <header className={desk.head}>
        <h1>{t('roles.title')}</h1>
        {manages && (
          <Button icon="plus" look="primary" onClick={() => void navigate({ to: '/roles/new-role' })}>
            {t('roles.new')}
          </Button>
        )}
      </header>
      <p className={desk.why}>{t('roles.why')}</p>
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
      {bodies.length > 0 && things.length > 0 && (
        <>
          <Legend />
          {desktop ? (
            <Matrix roles={bodies} objects={things} onPick={setCell} />
          ) : (
            <OneRole roles={bodies} objects={things} onPick={setCell} />
          )}
        </>
      )}
      {cell && <GrantsSheet {...cell} objects={things} onClose={() => setCell(null)} />}
    </div>
  );
}

/** The role that comes with the product is called as the administrator is. */
const differs = (role: RoleBody) =>
  say(role.label).toLowerCase() !== tCode('administrator', role.administrator ?? '').toLowerCase();
const administratorsLast = (a: RoleBody, b: RoleBody) =>
  Number(Boolean(a.administrator)) - Number(Boolean(b.administrator)) || b.grants.length - a.grants.length;
const systemLast = (a: ObjectBody, b: ObjectBody) => Number(Boolean(a.system)) - Number(Boolean(b.system));

function Legend() {
  return (
    <div className={desk.part}>
      <ul className={css.legend} aria-label={t('roles.legend.scopes')}>
        {shapes.map((shape) => (
          <li key={shape}>
            <Mark shape={shape} />
            {t(`shape.${shape}`)}
          </li>
        ))}
      </ul>
      <ul className={css.legend} aria-label={t('roles.legend.verbs')}>
        {verbs.map((verb) => (
          <li key={verb}>
            <b>{verbLetter(verb)}</b>
            {verbText(verb)}
          </li>
        ))}
      </ul>
    </div>
  );
}

type Props = { roles: RoleBody[]; objects: ObjectBody[]; onPick: (cell: Cell) => void };

function Matrix({ roles, objects, onPick }: Props) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region needs the focus to be scrolled by keys
    <section className={css.scroll} tabIndex={0} aria-label={t('roles.title')}>
      <table className={css.matrix}>
        <caption className="sr">{t('roles.why')}</caption>
        <thead>
          <tr>
            <th scope="col">{t('roles.object')}</th>
            {roles.map((role) => (
              <th key={role.name} scope="col">
                <Link to="/roles/$role" params={{ role: role.name }}>
                  {say(role.label)}
                </Link>
                {role.administrator && differs(role) && (
                  <small>{tCode('administrator', role.administrator)}</small>
                )}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {objects.map((object) => (
            <tr key={object.name}>
              <th scope="row">{say(object.label)}</th>
              {roles.map((role) => (
                <td key={role.name}>
                  <CellButton role={role} object={object} objects={objects} onPick={onPick} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

const on = (role: RoleBody, object: ObjectBody) =>
  role.grants.filter((grant) => grant.object === object.name);

function sentence(grant: Grant, objects: ObjectBody[]): string {
  const labelOf = (name: string) => say(objects.find((object) => object.name === name)?.label) || name;
  return t('roles.grant', {
    scope: scopeText(grant.scope, labelOf),
    verbs: inOrder(grant.verbs).map(verbText).join(t('list.comma')),
  });
}

function CellButton({
  role,
  object,
  objects,
  onPick,
}: Cell & { objects: ObjectBody[]; onPick: Props['onPick'] }) {
  const grants = on(role, object);
  if (grants.length === 0)
    return (
      <p className={css.nothing}>
        <span aria-hidden="true">–</span>
        <span className="sr">{t('roles.nothing')}</span>
      </p>
    );
  const told = grants.map((grant) => sentence(grant, objects)).join(t('list.stop'));
  return (
    <button
      type="button"
      className={css.cell}
      aria-label={t('roles.cell', { role: say(role.label), object: say(object.label), grants: told })}
      title={told}
      onClick={() => onPick({ role, object })}
    >
      <Grants grants={grants} />
    </button>
  );
}

function Grants({ grants }: { grants: Grant[] }) {
  return grants.map((grant) => (
    <span key={grant.id} className={css.grant} aria-hidden="true">
      <Mark shape={shapeOf(grant.scope)} />
      <span className={css.letters}>{inOrder(grant.verbs).map(verbLetter).join('')}</span>
    </span>
  ));
}

function OneRole({ roles, objects, onPick }: Props) {
  const { role: picked } = route.useSearch();
  const navigate = useNavigate({ from: '/roles' });
  const role = roles.find((one) => one.name === picked) ?? roles[0];
  if (!role) return null;
  return (
    <>
      <div className={desk.pair}>
        <Select
          aria-label={t('roles.role')}
          value={role.name}
          onChange={(event) => void navigate({ search: { role: event.target.value }, replace: true })}
        >
          {roles.map((one) => (
            <option key={one.name} value={one.name}>
              {say(one.label)}
            </option>
          ))}
        </Select>
        <Button icon="pen" onClick={() => void navigate({ to: '/roles/$role', params: { role: role.name } })}>
          {t('roles.open', { role: say(role.label) })}
        </Button>
      </div>
      <ul className={css.objects}>
        {objects.map((object) => {
          const grants = on(role, object);
          return (
            <li key={object.name}>
              <button type="button" disabled={grants.length === 0} onClick={() => onPick({ role, object })}>
                <b>{say(object.label)}</b>
                <span>
                  {grants.length === 0 && <span className={desk.meta}>{t('roles.nothing')}</span>}
                  <Grants grants={grants} />
                  <span className="sr">
                    {grants.map((grant) => sentence(grant, objects)).join(t('list.stop'))}
                  </span>
                </span>
              </button>
            </li>
          );
        })}
      </ul>
    </>
  );
}
