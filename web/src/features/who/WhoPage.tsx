/**
 * Who can see a record now. Whoever may read such records finds it as everywhere; whoever guards without customers of
 * their own comes from what an alert counted, or enters an address that somebody handed them.
 */
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { objectBodiesQuery } from '@/api/admin';
import { meQuery, objectQuery, objectsQuery } from '@/api/queries';
import { RecordPicker } from '@/fields/reference';
import { say, t } from '@/i18n';
import { CUSTOMER } from '@/path';
import { addressed } from '@/records/address';
import { numbered } from '@/records/number';
import { type Asked, Seers } from '@/records/seers/Seers';
import { Button } from '@/ui/Button';
import css from '@/ui/desk.module.css';
import { Field } from '@/ui/Field';
import { Input, Select } from '@/ui/Input';
import { PickerButton } from '@/ui/Picker';
import { FromAlerts } from './FromAlerts';

const route = getRouteApi('/app/who');

export function WhoPage() {
  const { object = CUSTOMER, record, person } = route.useSearch();
  const navigate = useNavigate({ from: '/who' });
  const [text, setText] = useState('');
  const [title, setTitle] = useState<{ id: string; title?: string | undefined } | null>(null);
  const [finding, setFinding] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const me = useQuery(meQuery);
  // Whoever manages roles knows the definitions; everybody else the objects that they may use.
  const knowsAll = me.data?.acts.includes('roles.manage') ?? false;
  const bodies = useQuery({ ...objectBodiesQuery, enabled: knowsAll });
  const mine = useQuery(objectsQuery);
  const def = useQuery({ ...objectQuery(object), enabled: me.data !== undefined && !knowsAll });
  const objects = knowsAll ? (bodies.data?.map((one) => one.body) ?? []) : (mine.data ?? []);
  const fields: Asked[] = knowsAll
    ? (bodies.data?.find((one) => one.name === object)?.body.fields.filter((field) => !field.retired) ?? [])
    : (def.data?.fields ?? []);
  const readable = mine.data?.some((one) => one.name === object && one.verbs.includes('read')) ?? false;
  const alerted = mine.data?.some((one) => one.name === 'alert') ?? false;

  const go = (to: { object: string; record?: string }) =>
    void navigate({ search: (old) => ({ ...old, record: undefined, ...to }) });
  function look() {
    const found = addressed(text);
    if (!found) return setError(t('who.format'));
    setError(null);
    go({ object: found.object ?? object, record: found.id });
  }
  return (
    <div className={css.page}>
      <header className={css.head}>
        <h1>{t('who.title')}</h1>
      </header>
      <p className={css.why}>{t(readable ? 'who.why.finds' : 'who.why')}</p>
      <form
        className={css.card}
        onSubmit={(event) => {
          event.preventDefault();
          look();
        }}
      >
        <div className={css.pair}>
          <Field id="who-object" label={t('roles.object')}>
            {(control) => (
              <Select {...control} value={object} onChange={(event) => go({ object: event.target.value })}>
                {objects.map((one) => (
                  <option key={one.name} value={one.name}>
                    {say(one.label)}
                  </option>
                ))}
              </Select>
            )}
          </Field>
          {readable && (
            <Field id="who-found" label={t('find.record')} help={t('find.record.help')}>
              {(control) => (
                <PickerButton
                  {...control}
                  text={title && title.id === record ? (title.title ?? t('record.unnamed')) : null}
                  placeholder={t('find.record.open')}
                  clearWord={t('clear')}
                  onClick={() => setFinding(true)}
                />
              )}
            </Field>
          )}
          <Field
            id="who-record"
            label={t(readable ? 'find.or_address' : 'who.record')}
            help={t('who.record.help')}
            error={error}
          >
            {(control) => (
              <Input
                {...control}
                autoComplete="off"
                value={text}
                onChange={(event) => setText(event.target.value)}
              />
            )}
          </Field>
        </div>
        <div className={css.actions}>
          <Button look="primary" type="submit" icon="eye">
            {t('who.look')}
          </Button>
        </div>
      </form>
      {!readable && alerted && (
        <FromAlerts
          person={person}
          chosen={record}
          onPerson={(next) => void navigate({ search: (old) => ({ ...old, person: next }) })}
          onPick={(picked) => go({ object: picked.object, record: picked.id })}
        />
      )}
      {record && (
        <section className={css.part} aria-label={t('seers.title')}>
          <h2>{t('who.of', { record: numbered(object, record) })}</h2>
          <Seers key={`${object}/${record}`} object={object} id={record} fields={fields} />
        </section>
      )}
      {finding && (
        <RecordPicker
          object={object}
          title={t('find.record')}
          chosen={record}
          onPick={(picked) => {
            setTitle(picked);
            setFinding(false);
            go({ object, record: picked.id });
          }}
          onClose={() => setFinding(false)}
        />
      )}
    </div>
  );
}
