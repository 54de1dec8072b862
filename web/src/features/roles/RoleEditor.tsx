/**
 * The rights of a role, by clicking: which rows, which verbs, how each class and each named field is shown. Whoever may
 * not change them reads them here.
 */
import { useState } from 'react';
import type { Defined, Grant, ObjectBody, Reach, RoleBody } from '@/api/admin';
import type { RowScope } from '@/api/contract';
import { say, t, tCode } from '@/i18n';
import { dropDraft } from '@/offline/drafts';
import { useKeptForm } from '@/records/form/useKeptForm';
import { Button } from '@/ui/Button';
import { cx } from '@/ui/cx';
import desk from '@/ui/desk.module.css';
import { Field } from '@/ui/Field';
import { Input, Select } from '@/ui/Input';
import { ActsEditor } from './ActsEditor';
import { GrantEditor } from './GrantEditor';
import { NameCard, named } from './NameCard';
import { PublishSheet } from './PublishSheet';
import css from './roles.module.css';
import { scopeName } from './scopes';

export function RoleEditor({
  draft,
  present,
  objects,
  readOnly = false,
  onBegin,
  onDone,
  onMade,
}: {
  /** Under which name it is kept until it is published or let go. */
  draft: string;
  /** What is in force; version 0 for a role that is not there yet, which has no name either. */
  present: Pick<Defined<RoleBody>, 'version' | 'body'>;
  objects: ObjectBody[];
  readOnly?: boolean;
  onBegin?: () => void;
  onDone: () => void;
  /** Instead of `onDone`, when a role was published for the first time. */
  onMade?: (body: RoleBody) => void;
}) {
  const fresh = present.version === 0;
  const [body, setBody, dropBody] = useKeptForm(draft, present, present.body);
  const [publishing, setPublishing] = useState(false);
  const changed = fresh || JSON.stringify(body) !== JSON.stringify(present.body);
  const sent = fresh ? named(body) : body;
  function change(next: RoleBody) {
    onBegin?.();
    setBody(next);
  }
  const setGrant = (id: string, grant: Grant | null) =>
    change({
      ...body,
      grants: body.grants.flatMap((old) => (old.id === id ? (grant ? [grant] : []) : [old])),
    });
  const inOrder = objects.filter((object) => body.grants.some((grant) => grant.object === object.name));
  return (
    <fieldset className={cx(desk.form, css.editor)} disabled={readOnly}>
      <NameCard body={body} fresh={fresh} onChange={change} />
      {inOrder.map((object) => (
        <details key={object.name}>
          <summary className={css.summary}>
            <b>{say(object.label)}</b>
            <span className={desk.meta}>
              {t('roles.grants', { n: body.grants.filter((grant) => grant.object === object.name).length })}
            </span>
          </summary>
          <div className={desk.form}>
            {body.grants
              .filter((grant) => grant.object === object.name)
              .map((grant) => (
                <GrantEditor
                  key={grant.id}
                  grant={grant}
                  object={object}
                  objects={objects}
                  onChange={(next) => setGrant(grant.id, next)}
                  onRemove={() => setGrant(grant.id, null)}
                />
              ))}
          </div>
        </details>
      ))}
      {!readOnly && (
        <AddGrant
          role={body}
          objects={objects}
          onAdd={(grant) => change({ ...body, grants: [...body.grants, grant] })}
        />
      )}
      <ActsEditor acts={body.acts} onChange={(acts: Record<string, Reach>) => change({ ...body, acts })} />
      <section className={desk.card}>
        <Field id="reveals" label={t('roles.reveals')} help={t('roles.reveals.help')}>
          {(control) => (
            <Input
              {...control}
              type="number"
              inputMode="numeric"
              min={0}
              value={body.reveals_per_hour}
              onChange={(event) =>
                change({
                  ...body,
                  reveals_per_hour: Math.max(0, Number.parseInt(event.target.value, 10) || 0),
                })
              }
            />
          )}
        </Field>
      </section>
      {changed && (
        <div className={css.bar}>
          <p role="status">{t(fresh ? 'roles.new.next' : 'roles.changed')}</p>
          <Button
            onClick={() => {
              dropBody();
              onDone();
            }}
          >
            {t(fresh ? 'cancel' : 'roles.discard')}
          </Button>
          <Button look="primary" onClick={() => setPublishing(true)}>
            {t('roles.preview')}
          </Button>
        </div>
      )}
      {publishing && (
        <PublishSheet
          name={sent.name}
          label={say(sent.label)}
          body={sent}
          basedOn={present.version}
          objects={objects}
          onClose={() => setPublishing(false)}
          onPublished={() => dropDraft(draft)}
          onDone={() => {
            setPublishing(false);
            // Also where somebody else was first, and theirs is taken.
            dropDraft(draft);
            if (fresh && onMade) onMade(sent);
            else onDone();
          }}
        />
      )}
    </fieldset>
  );
}

/** A grant whose rows were changed keeps the id it began with: the next one for those rows needs another. */
function freeId(role: RoleBody, wanted: string): string {
  const taken = new Set(role.grants.map((grant) => grant.id.replace(/^[^/]*/, role.name)));
  for (let n = 1; ; n += 1) {
    const id = n === 1 ? wanted : `${wanted}-${n}`;
    if (!taken.has(id)) return id;
  }
}

const scopes: RowScope[] = ['own', 'collaborating', 'department', 'department_tree', 'pool', 'parent', 'all'];

function AddGrant({
  role,
  objects,
  onAdd,
}: {
  role: RoleBody;
  objects: ObjectBody[];
  onAdd: (grant: Grant) => void;
}) {
  const [object, setObject] = useState('');
  const [scope, setScope] = useState('own');
  const def = objects.find((one) => one.name === object);
  const there = role.grants.some((grant) => grant.object === object && scopeName(grant.scope) === scope);
  return (
    <section className={desk.card}>
      <h2>{t('roles.add')}</h2>
      <p className={desk.why}>{t('roles.add.why')}</p>
      <div className={desk.pair}>
        <Field id="add-object" label={t('roles.object')}>
          {(control) => (
            <Select {...control} value={object} onChange={(event) => setObject(event.target.value)}>
              <option value="">{t('field.choose')}</option>
              {objects.map((one) => (
                <option key={one.name} value={one.name}>
                  {say(one.label)}
                </option>
              ))}
            </Select>
          )}
        </Field>
        <Field id="add-scope" label={t('roles.scope')} error={there ? t('roles.add.there') : null}>
          {(control) => (
            <Select {...control} value={scope} onChange={(event) => setScope(event.target.value)}>
              {scopes.map((one) => (
                <option key={scopeName(one)} value={scopeName(one)}>
                  {tCode('reach', scopeName(one))}
                </option>
              ))}
            </Select>
          )}
        </Field>
      </div>
      <div className={desk.actions}>
        <Button
          icon="plus"
          disabled={!def || there}
          onClick={() => {
            onAdd({
              id: freeId(role, `${role.name}/${object}-${scope.replaceAll('_', '-')}`),
              object,
              verbs: ['read'],
              scope: scope as RowScope,
              fields: { classes: { L1: 'read', L2: 'read' }, names: {} },
            });
            setObject('');
          }}
        >
          {t('roles.add.go')}
        </Button>
      </div>
    </section>
  );
}
