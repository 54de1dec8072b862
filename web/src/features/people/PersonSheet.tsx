/**
 * One account: its department and roles, and what an administrator does when something was lost. Each part is there for
 * whoever the server says it is for; what the server refuses is said where it was asked.
 */
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { rolesQuery, teamsQuery } from '@/api/admin';
import { api, seg } from '@/api/client';
import type { Department, OneTime, Person, RoleRef } from '@/api/contract';
import { Problem } from '@/api/problem';
import { meQuery, queryClient } from '@/api/queries';
import { say, t } from '@/i18n';
import { indented } from '@/records/departmentTree';
import { useHere } from '@/records/form/useHere';
import { problemText, toastProblem } from '@/records/problemText';
import { Button } from '@/ui/Button';
import css from '@/ui/desk.module.css';
import { Field } from '@/ui/Field';
import { Input, Select } from '@/ui/Input';
import { Sheet } from '@/ui/Sheet';
import { Tag } from '@/ui/Tag';
import { toast } from '@/ui/toast';
import { RoleTicks } from './RoleTicks';

type Act = 'freeze' | 'thaw' | 'password' | 'totp';

function refresh() {
  void queryClient.invalidateQueries({ queryKey: ['people'] });
  void queryClient.invalidateQueries({ queryKey: ['departments'] });
}

export function PersonSheet({
  person,
  onClose,
  onOnce,
}: {
  person: Person;
  onClose: () => void;
  onOnce: (name: string, once: OneTime) => void;
}) {
  const me = useQuery(meQuery);
  const departments = useQuery(teamsQuery);
  const roles = useQuery(rolesQuery);
  const [act, setAct] = useState<Act | null>(null);
  const manages = me.data?.acts.includes('people.manage') ?? false;
  const assigns = me.data?.acts.includes('roles.manage') ?? false;
  const frozen = person.state === 'frozen';
  if (act) return <ActSheet act={act} person={person} onClose={() => setAct(null)} onOnce={onOnce} />;
  return (
    <Sheet title={person.name} closeWord={t('close')} onClose={onClose} wide>
      <dl className={css.facts}>
        {person.login && (
          <div>
            <dt>{t('people.login')}</dt>
            <dd>{person.login}</dd>
          </div>
        )}
        <div>
          <dt>{t('people.state')}</dt>
          <dd className={css.line}>
            {person.state && (
              <Tag tone={frozen ? 'cinnabar' : 'jade'}>{t(frozen ? 'people.frozen' : 'people.active')}</Tag>
            )}
            {person.one_time && <Tag tone="amber">{t('people.one_time')}</Tag>}
            <Tag tone={person.totp ? 'jade' : 'grey'}>
              {t(person.totp ? 'people.totp.on' : 'people.totp.off')}
            </Tag>
          </dd>
        </div>
        {!assigns && (
          <div>
            <dt>{t('people.roles')}</dt>
            <dd>{roleNames(person, roles.data).join(t('list.comma')) || t('people.no_roles')}</dd>
          </div>
        )}
      </dl>
      {manages && departments.data && <Details person={person} departments={departments.data} />}
      {assigns && roles.data && <Roles person={person} roles={roles.data} />}
      {manages && <p className={css.note}>{t('people.roles.whose')}</p>}
      <div className={css.actions}>
        {manages && !frozen && <Button onClick={() => setAct('password')}>{t('people.act.password')}</Button>}
        {assigns && person.totp && <Button onClick={() => setAct('totp')}>{t('people.act.totp')}</Button>}
        {manages && (
          <Button look={frozen ? 'plain' : 'danger'} onClick={() => setAct(frozen ? 'thaw' : 'freeze')}>
            {t(frozen ? 'people.act.thaw' : 'people.act.freeze')}
          </Button>
        )}
      </div>
    </Sheet>
  );
}

export function roleNames(person: Person, roles: RoleRef[] | undefined): string[] {
  return (person.roles ?? []).map((name) => {
    const role = roles?.find((known) => known.name === name);
    return role ? say(role.label) : name;
  });
}

function Details({ person, departments }: { person: Person; departments: Department[] }) {
  const [form, setForm] = useState({
    name: person.name,
    staff_no: person.staff_no ?? '',
    department: person.department?.id ?? '',
  });
  const [problem, setProblem] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const here = useHere();
  const set = (part: Partial<typeof form>) => setForm({ ...form, ...part });
  const of = (field: string) => (problem instanceof Problem ? problem.forField(field) : null);
  const loose =
    problem !== null && !['name', 'staff_no', 'department'].some(of) ? problemText(problem) : null;
  const changes = {
    ...(form.name !== person.name ? { name: form.name } : {}),
    ...(form.staff_no !== (person.staff_no ?? '') ? { staff_no: form.staff_no } : {}),
    ...(form.department !== (person.department?.id ?? '') ? { department: form.department } : {}),
  };
  const changed = Object.keys(changes).length > 0;

  async function save() {
    setBusy(true);
    setProblem(null);
    try {
      await api.patch(`/people/${seg(person.id)}`, changes);
      toast(t('people.saved', { name: form.name }));
      refresh();
    } catch (caught) {
      if (!here.current) toastProblem(caught);
      setProblem(caught);
    }
    setBusy(false);
  }
  return (
    <form
      className={css.form}
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <div className={css.pair}>
        <Field id="edit-name" label={t('people.name')} error={of('name')}>
          {(control) => (
            <Input {...control} value={form.name} onChange={(event) => set({ name: event.target.value })} />
          )}
        </Field>
        <Field id="edit-staff" label={t('people.staff_no')} error={of('staff_no')}>
          {(control) => (
            <Input
              {...control}
              value={form.staff_no}
              onChange={(event) => set({ staff_no: event.target.value })}
            />
          )}
        </Field>
      </div>
      <Field
        id="edit-department"
        label={t('people.department')}
        help={t('people.department.help')}
        error={of('department')}
      >
        {(control) => (
          <Select
            {...control}
            value={form.department}
            onChange={(event) => set({ department: event.target.value })}
          >
            {!person.department && <option value="">{t('field.choose')}</option>}
            {indented(departments).map(({ department, depth }) => (
              <option key={department.id} value={department.id}>
                {'　'.repeat(depth)}
                {department.name}
              </option>
            ))}
          </Select>
        )}
      </Field>
      {loose && (
        <p className={css.alert} role="alert">
          {loose}
        </p>
      )}
      <div className={css.actions}>
        <Button look="primary" type="submit" busy={busy} disabled={!changed}>
          {t('save')}
        </Button>
      </div>
    </form>
  );
}

function Roles({ person, roles }: { person: Person; roles: RoleRef[] }) {
  const [held, setHeld] = useState(person.roles ?? []);
  const [problem, setProblem] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const here = useHere();
  const before = person.roles ?? [];
  const changed = held.length !== before.length || held.some((name) => !before.includes(name));
  async function save() {
    setBusy(true);
    setProblem(null);
    try {
      await api.patch(`/people/${seg(person.id)}`, { roles: held });
      toast(t('people.saved', { name: person.name }));
      refresh();
    } catch (caught) {
      if (!here.current) toastProblem(caught);
      setProblem(caught);
    }
    setBusy(false);
  }
  const said =
    problem === null
      ? null
      : (problem instanceof Problem && problem.forField('roles')) || problemText(problem);
  return (
    <section className={css.part}>
      <h2>{t('people.roles')}</h2>
      <p className={css.why}>{t('people.roles.why')}</p>
      <RoleTicks roles={roles} value={held} onChange={setHeld} />
      {said && (
        <p className={css.alert} role="alert">
          {said}
        </p>
      )}
      <div className={css.actions}>
        <Button look="primary" busy={busy} disabled={!changed} onClick={() => void save()}>
          {t('people.roles.save')}
        </Button>
      </div>
    </section>
  );
}

/** Says what will happen before it does. */
function ActSheet({
  act,
  person,
  onClose,
  onOnce,
}: {
  act: Act;
  person: Person;
  onClose: () => void;
  onOnce: (name: string, once: OneTime) => void;
}) {
  const [problem, setProblem] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const here = useHere();
  const at = `/people/${seg(person.id)}`;
  async function run() {
    setBusy(true);
    setProblem(null);
    try {
      let once: OneTime | undefined;
      if (act === 'password') once = await api.post<OneTime>(`${at}/password-resets`);
      if (act === 'totp') await api.delete(`${at}/totp`);
      if (act === 'freeze') await api.put(`${at}/state`, { state: 'frozen' });
      if (act === 'thaw')
        once = (await api.put<{ one_time?: OneTime }>(`${at}/state`, { state: 'active' })).one_time;
      refresh();
      if (here.current) onClose();
      // It is shown this once, also to who closed the sheet that asked for it.
      if (once) onOnce(person.name, once);
      else toast(t(act === 'freeze' ? 'people.done.freeze' : 'people.done.totp', { name: person.name }));
    } catch (caught) {
      if (!here.current) toastProblem(caught);
      setProblem(caught);
      setBusy(false);
    }
  }
  return (
    <Sheet
      title={t(`people.ask.${act}`, { name: person.name })}
      closeWord={t('close')}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{t('cancel')}</Button>
          <Button look={act === 'freeze' ? 'danger' : 'primary'} busy={busy} onClick={() => void run()}>
            {t(`people.act.${act}`)}
          </Button>
        </>
      }
    >
      <p>{t(`people.why.${act}`)}</p>
      {problem !== null && (
        <p className={css.alert} role="alert">
          {problemText(problem)}
        </p>
      )}
    </Sheet>
  );
}
