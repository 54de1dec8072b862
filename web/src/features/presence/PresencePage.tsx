/** Who is signed in, on what; a session, a device or all of a person's sessions end here, at once. */
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { presentQuery } from '@/api/admin';
import { api, seg } from '@/api/client';
import type { Present } from '@/api/contract';
import { queryClient } from '@/api/queries';
import { t } from '@/i18n';
import { dateTime, nearTime } from '@/i18n/format';
import { ProblemState } from '@/records/ProblemState';
import { problemText, toastProblem } from '@/records/problemText';
import { Avatar } from '@/ui/Avatar';
import { Button } from '@/ui/Button';
import { cx } from '@/ui/cx';
import desk from '@/ui/desk.module.css';
import { Icon } from '@/ui/Icon';
import { Input } from '@/ui/Input';
import { Sheet } from '@/ui/Sheet';
import { Skeleton, State } from '@/ui/State';
import { toast } from '@/ui/toast';
import css from './presence.module.css';

type Device = Present['devices'][number];
type Ending = { person: Present; device?: Device };
const refresh = () => void queryClient.invalidateQueries({ queryKey: ['people', 'present'] });

export function PresencePage() {
  const present = useQuery(presentQuery);
  const [q, setQ] = useState('');
  const [ending, setEnding] = useState<Ending | null>(null);
  const wanted = q.trim().toLowerCase();
  const found = (present.data ?? []).filter(
    ({ person, department }) =>
      !wanted || [person.name, department?.name].some((text) => text?.toLowerCase().includes(wanted)),
  );
  const sessions = found.reduce((n, one) => n + one.devices.reduce((m, d) => m + d.sessions.length, 0), 0);
  return (
    <div className={desk.page}>
      <header className={desk.head}>
        <h1>{t('presence.title')}</h1>
        {present.data && (
          <span className={desk.meta} aria-live="polite">
            {[t('departments.people', { n: found.length }), t('devices.sessions', { n: sessions })].join(
              t('list.comma'),
            )}
          </span>
        )}
      </header>
      <p className={desk.why}>{t('presence.why')}</p>
      <Input
        type="search"
        aria-label={t('presence.search')}
        placeholder={t('presence.search')}
        value={q}
        onChange={(event) => setQ(event.target.value)}
      />
      {present.isPending && <Skeleton label={t('loading')} />}
      {present.error && <ProblemState error={present.error} retry={() => present.refetch()} />}
      {present.data && found.length === 0 && (
        <State icon="device" title={t('presence.empty')} why={t('presence.empty.why')} />
      )}
      <ul className={css.people}>
        {found.map((one) => (
          <Person
            key={one.person.id}
            present={one}
            onEnd={(device) => setEnding(device ? { person: one, device } : { person: one })}
          />
        ))}
      </ul>
      {ending && <EndSheet ending={ending} onClose={() => setEnding(null)} />}
    </div>
  );
}

function Person({ present, onEnd }: { present: Present; onEnd: (device?: Device) => void }) {
  const name = present.person.name ?? '';
  return (
    <li className={css.person}>
      <div className={css.who}>
        <Avatar name={name} />
        <span className={desk.words}>
          <b>{name}</b>
          <span className={desk.meta}>
            {[present.department?.name, t('devices.seen', { time: nearTime(present.last_seen_at) })]
              .filter(Boolean)
              .join(' · ')}
          </span>
        </span>
        <Button
          small
          look="danger"
          aria-label={t('action.for', { action: t('presence.end_all'), title: name })}
          onClick={() => onEnd()}
        >
          {t('presence.end_all')}
        </Button>
      </div>
      <ul>
        {present.devices.map((device) => (
          <li key={device.id} className={css.device}>
            <div className={css.title}>
              <Icon name="device" size={18} />
              <span>{device.name}</span>
              <Button
                small
                look="quiet"
                aria-label={t('action.for', {
                  action: t('presence.end_device'),
                  title: `${name} · ${device.name}`,
                })}
                onClick={() => onEnd(device)}
              >
                {t('presence.end_device')}
              </Button>
            </div>
            {device.sessions.length === 0 && (
              <p className={cx(css.session, desk.meta)}>
                {t('presence.known', { time: nearTime(device.last_seen_at) })}
              </p>
            )}
            {device.sessions.map((session) => (
              <SessionRow key={session.id} person={present} session={session} />
            ))}
          </li>
        ))}
      </ul>
    </li>
  );
}

function SessionRow({ person, session }: { person: Present; session: Device['sessions'][number] }) {
  const end = useMutation({
    mutationFn: () => api.delete(`/people/${seg(person.person.id)}/sessions/${seg(session.id)}`),
    onSuccess: () => toast(t('presence.ended', { name: person.person.name ?? '' })),
    onError: toastProblem,
    onSettled: refresh,
  });
  return (
    <div className={css.session}>
      <span className={desk.meta}>
        {t('sessions.since', { time: dateTime(session.created_at) })} ·{' '}
        {t('devices.seen', { time: nearTime(session.last_seen_at) })}
      </span>
      <Button
        small
        look="quiet"
        busy={end.isPending}
        aria-label={t('action.for', { action: t('sessions.end'), title: person.person.name ?? '' })}
        onClick={() => end.mutate()}
      >
        {t('sessions.end')}
      </Button>
    </div>
  );
}

function EndSheet({ ending, onClose }: { ending: Ending; onClose: () => void }) {
  const { person, device } = ending;
  const name = person.person.name ?? '';
  const at = `/people/${seg(person.person.id)}`;
  const end = useMutation({
    mutationFn: () => api.delete(device ? `${at}/devices/${seg(device.id)}` : `${at}/sessions`),
    onSuccess: () => {
      toast(t('presence.ended', { name }));
      onClose();
    },
    onSettled: refresh,
  });
  return (
    <Sheet
      title={
        device ? t('presence.ask.device', { name, device: device.name }) : t('presence.ask.all', { name })
      }
      closeWord={t('close')}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{t('cancel')}</Button>
          <Button look="danger" busy={end.isPending} onClick={() => end.mutate()}>
            {t(device ? 'presence.end_device' : 'presence.end_all')}
          </Button>
        </>
      }
    >
      <p>{t(device ? 'presence.ask.device.why' : 'presence.ask.all.why')}</p>
      {end.error && (
        <p className={desk.alert} role="alert">
          {problemText(end.error)}
        </p>
      )}
    </Sheet>
  );
}
