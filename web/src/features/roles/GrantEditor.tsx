/** One grant: rows, verbs, rights by class, and the fields that are an exception. */
import { useState } from 'react';
import type { Grant, ObjectBody } from '@/api/admin';
import type { Right, RowScope, Verb } from '@/api/contract';
import { say, t, tCode } from '@/i18n';
import { Button, IconButton } from '@/ui/Button';
import desk from '@/ui/desk.module.css';
import { Select } from '@/ui/Input';
import { Tag } from '@/ui/Tag';
import { classTones } from './GrantsSheet';
import { Mark } from './Mark';
import css from './roles.module.css';
import { classes, inOrder, scopeName, scopeText, shapeOf, verbs, verbText } from './scopes';

const rights: Right[] = ['none', 'masked', 'masked+edit', 'reveal', 'reveal+edit', 'read', 'edit'];
const scopes = ['own', 'collaborating', 'department', 'department_tree', 'pool', 'parent', 'all'];

export function GrantEditor({
  grant,
  object,
  objects,
  onChange,
  onRemove,
}: {
  grant: Grant;
  object: ObjectBody;
  objects: ObjectBody[];
  onChange: (next: Grant) => void;
  onRemove: () => void;
}) {
  const [adding, setAdding] = useState('');
  const labelOf = (name: string) => say(objects.find((one) => one.name === name)?.label) || name;
  const title = scopeText(grant.scope, labelOf);
  const { classes: byClass, names } = grant.fields;
  const setFields = (fields: Partial<Grant['fields']>) =>
    onChange({ ...grant, fields: { ...grant.fields, ...fields } });
  const labelled = (name: string) => {
    // A grant names a field as it was called when it was bound.
    const bound = Object.entries(grant.fields.known ?? {}).find(([, known]) => known === name)?.[0];
    const field = object.fields.find((one) => (bound ? one.id === bound : one.name === name));
    return field ? say(field.label) : name;
  };
  const free = object.fields.filter((field) => !field.retired && !(field.name in names));
  const present = classes.filter((one) =>
    object.fields.some((field) => field.class === one && !field.retired),
  );
  function toggle(verb: Verb) {
    const next = grant.verbs.includes(verb)
      ? grant.verbs.filter((one) => one !== verb)
      : [...grant.verbs, verb];
    onChange({ ...grant, verbs: inOrder(next) });
  }
  return (
    <section className={css.grantCard} aria-label={`${say(object.label)} · ${title}`}>
      <header className={css.grantHead}>
        <Mark shape={shapeOf(grant.scope)} />
        <h3>{title}</h3>
        <IconButton
          icon="trash"
          label={t('roles.remove', { scope: title, object: say(object.label) })}
          onClick={onRemove}
        />
      </header>
      {typeof grant.scope === 'string' && (
        <div className={css.right}>
          <label htmlFor={`scope-${grant.id}`}>{t('roles.scope')}</label>
          <Select
            id={`scope-${grant.id}`}
            value={scopeName(grant.scope)}
            onChange={(event) => onChange({ ...grant, scope: event.target.value as RowScope })}
          >
            {scopes.map((scope) => (
              <option key={scope} value={scope}>
                {tCode('reach', scope)}
              </option>
            ))}
          </Select>
        </div>
      )}
      <fieldset>
        <legend className={desk.meta}>{t('roles.verbs')}</legend>
        <div className={css.verbs}>
          {verbs.map((verb) => (
            <label key={verb} className={css.verb}>
              <input type="checkbox" checked={grant.verbs.includes(verb)} onChange={() => toggle(verb)} />
              <span>{verbText(verb)}</span>
            </label>
          ))}
        </div>
      </fieldset>
      <fieldset>
        <legend className={desk.meta}>{t('roles.by_class')}</legend>
        <div className={css.rights}>
          {present.map((one) => (
            <div key={one} className={css.right}>
              <label htmlFor={`${grant.id}-${one}`}>
                <Tag tone={classTones[one] ?? 'grey'}>{one}</Tag> {tCode('class', one)}
              </label>
              <RightSelect
                id={`${grant.id}-${one}`}
                value={byClass[one] ?? 'none'}
                onChange={(right) => setFields({ classes: { ...byClass, [one]: right } })}
              />
            </div>
          ))}
        </div>
      </fieldset>
      <fieldset>
        <legend className={desk.meta}>{t('roles.exceptions')}</legend>
        <div className={css.rights}>
          {Object.entries(names).map(([name, right]) => (
            <div key={name} className={css.right}>
              <label htmlFor={`${grant.id}-${name}`}>{labelled(name)}</label>
              <span className={css.exception}>
                <RightSelect
                  id={`${grant.id}-${name}`}
                  value={right}
                  onChange={(next) => setFields({ names: { ...names, [name]: next } })}
                />
                <IconButton
                  icon="close"
                  label={t('roles.exception.remove', { field: labelled(name) })}
                  onClick={() => {
                    const { [name]: _, ...rest } = names;
                    setFields({ names: rest });
                  }}
                />
              </span>
            </div>
          ))}
        </div>
        {free.length > 0 && (
          <div className={css.grantHead}>
            <Select
              aria-label={t('roles.exception.field')}
              value={adding}
              onChange={(event) => setAdding(event.target.value)}
            >
              <option value="">{t('roles.exception.field')}</option>
              {free.map((field) => (
                <option key={field.id} value={field.name}>
                  {say(field.label)}
                </option>
              ))}
            </Select>
            <Button
              small
              icon="plus"
              disabled={!adding}
              onClick={() => {
                setFields({ names: { ...names, [adding]: 'masked' } });
                setAdding('');
              }}
            >
              {t('roles.exception.add')}
            </Button>
          </div>
        )}
      </fieldset>
    </section>
  );
}

function RightSelect({
  id,
  value,
  onChange,
}: {
  id: string;
  value: Right;
  onChange: (right: Right) => void;
}) {
  return (
    <Select id={id} value={value} onChange={(event) => onChange(event.target.value as Right)}>
      {rights.map((right) => (
        <option key={right} value={right}>
          {tCode('verdict', right)}
        </option>
      ))}
    </Select>
  );
}
