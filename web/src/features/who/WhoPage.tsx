/** For whoever guards without customers of their own: paste the address of a record, see who can see it. */
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { objectBodiesQuery } from '@/api/admin';
import { meQuery, objectQuery, objectsQuery } from '@/api/queries';
import { say, t } from '@/i18n';
import { CUSTOMER } from '@/path';
import { type Asked, Seers } from '@/records/seers/Seers';
import { Button } from '@/ui/Button';
import css from '@/ui/desk.module.css';
import { Field } from '@/ui/Field';
import { Input, Select } from '@/ui/Input';

const route = getRouteApi('/app/who');

/** An address, or the id alone. */
function read(text: string): { object?: string; id: string } | null {
  const address = /records\/([a-z][a-z0-9_]*)\/([0-9A-Za-z-]{8,})/.exec(text);
  if (address?.[1] && address[2]) return { object: address[1], id: address[2] };
  const id = text.trim();
  return /^[0-9A-Za-z-]{8,64}$/.test(id) ? { id } : null;
}

export function WhoPage() {
  const { object = CUSTOMER, record } = route.useSearch();
  const navigate = useNavigate({ from: '/who' });
  const [text, setText] = useState(record ?? '');
  const [error, setError] = useState<string | null>(null);
  const me = useQuery(meQuery);
  // Whoever manages roles knows the definitions; everybody else the objects that they may use.
  const knowsAll = me.data?.acts.includes('roles.manage') ?? false;
  const bodies = useQuery({ ...objectBodiesQuery, enabled: knowsAll });
  const mine = useQuery({ ...objectsQuery, enabled: me.data !== undefined && !knowsAll });
  const def = useQuery({ ...objectQuery(object), enabled: me.data !== undefined && !knowsAll });
  const objects = knowsAll ? (bodies.data?.map((one) => one.body) ?? []) : (mine.data ?? []);
  const fields: Asked[] = knowsAll
    ? (bodies.data?.find((one) => one.name === object)?.body.fields.filter((field) => !field.retired) ?? [])
    : (def.data?.fields ?? []);

  function look() {
    const found = read(text);
    if (!found) return setError(t('who.format'));
    setError(null);
    void navigate({ search: { object: found.object ?? object, record: found.id } });
  }
  return (
    <div className={css.page}>
      <header className={css.head}>
        <h1>{t('who.title')}</h1>
      </header>
      <p className={css.why}>{t('who.why')}</p>
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
              <Select
                {...control}
                value={object}
                onChange={(event) => void navigate({ search: { object: event.target.value } })}
              >
                {objects.map((one) => (
                  <option key={one.name} value={one.name}>
                    {say(one.label)}
                  </option>
                ))}
              </Select>
            )}
          </Field>
          <Field id="who-record" label={t('who.record')} help={t('who.record.help')} error={error}>
            {(control) => (
              <Input {...control} value={text} onChange={(event) => setText(event.target.value)} />
            )}
          </Field>
        </div>
        <div className={css.actions}>
          <Button look="primary" type="submit" icon="eye">
            {t('who.look')}
          </Button>
        </div>
      </form>
      {record && <Seers key={`${object}/${record}`} object={object} id={record} fields={fields} />}
    </div>
  );
}
