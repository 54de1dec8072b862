/** My devices and sessions. A lost phone ends here, at once. */
import { useMutation, useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { api, seg } from '@/api/client';
import type { Device, Session } from '@/api/contract';
import { devicesQuery, queryClient, sessionsQuery } from '@/api/queries';
import { t } from '@/i18n';
import { dateTime, nearTime } from '@/i18n/format';
import { ProblemState } from '@/records/ProblemState';
import { problemText, toastProblem } from '@/records/problemText';
import { Button, IconButton } from '@/ui/Button';
import { Icon } from '@/ui/Icon';
import { Sheet } from '@/ui/Sheet';
import { Skeleton, State } from '@/ui/State';
import { Tag } from '@/ui/Tag';
import { toast } from '@/ui/toast';
import css from './devices.module.css';

function refresh() {
  void queryClient.invalidateQueries({ queryKey: ['devices'] });
  void queryClient.invalidateQueries({ queryKey: ['sessions'] });
}

export function DevicesPage() {
  const navigate = useNavigate();
  const devices = useQuery(devicesQuery);
  const sessions = useQuery(sessionsQuery);
  const [lost, setLost] = useState<Device | null>(null);
  return (
    <div className={css.page}>
      <header className={css.bar}>
        <IconButton icon="back" label={t('back')} onClick={() => void navigate({ to: '/me' })} />
        <h1>{t('devices.title')}</h1>
      </header>
      <section>
        <h2>{t('devices.mine')}</h2>
        {devices.isPending && <Skeleton rows={2} label={t('loading')} />}
        {devices.error && <ProblemState error={devices.error} retry={() => devices.refetch()} small />}
        {devices.data?.length === 0 && (
          <State small icon="device" title={t('devices.empty')} why={t('devices.empty.why')} />
        )}
        <ul className={css.list}>
          {devices.data?.map((device) => (
            <li key={device.id} className={css.item}>
              <Icon name="device" />
              <div className={css.words}>
                <p className={css.line}>
                  <b>{device.name}</b>
                  {device.current && <Tag tone="jade">{t('devices.this')}</Tag>}
                </p>
                <p className={css.meta}>
                  {t('devices.seen', { time: nearTime(device.last_seen_at) })} ·{' '}
                  {t('devices.sessions', { n: device.sessions })}
                </p>
              </div>
              {!device.current && (
                <Button small look="danger" onClick={() => setLost(device)}>
                  {t('devices.lost')}
                </Button>
              )}
            </li>
          ))}
        </ul>
      </section>
      <section>
        <h2>{t('sessions.title')}</h2>
        {sessions.isPending && <Skeleton rows={2} label={t('loading')} />}
        {sessions.error && <ProblemState error={sessions.error} retry={() => sessions.refetch()} small />}
        <ul className={css.list}>
          {sessions.data?.map((session) => (
            <SessionRow key={session.id} session={session} />
          ))}
        </ul>
      </section>
      {lost && <LostSheet device={lost} onClose={() => setLost(null)} />}
    </div>
  );
}

function SessionRow({ session }: { session: Session }) {
  const end = useMutation({
    mutationFn: () => api.delete(`/sessions/${seg(session.id)}`),
    onSuccess: () => toast(t('sessions.ended')),
    onError: toastProblem,
    onSettled: refresh,
  });
  const { device } = session;
  return (
    <li className={css.item}>
      <Icon name="globe" />
      <div className={css.words}>
        <p className={css.line}>
          <b>{device || t('sessions.unknown')}</b>
          {session.current && <Tag tone="jade">{t('sessions.this')}</Tag>}
        </p>
        <p className={css.meta}>
          {t('sessions.since', { time: dateTime(session.created_at) })} ·{' '}
          {t('devices.seen', { time: nearTime(session.last_seen_at) })}
        </p>
      </div>
      {!session.current && (
        <Button
          small
          busy={end.isPending}
          aria-label={t('action.for', { action: t('sessions.end'), title: device || t('sessions.unknown') })}
          onClick={() => end.mutate()}
        >
          {t('sessions.end')}
        </Button>
      )}
    </li>
  );
}

function LostSheet({ device, onClose }: { device: Device; onClose: () => void }) {
  const end = useMutation({
    mutationFn: () => api.delete(`/devices/${seg(device.id)}`),
    onSuccess: () => {
      toast(t('devices.ended', { name: device.name }));
      refresh();
      onClose();
    },
  });
  return (
    <Sheet
      title={t('devices.lost.title', { name: device.name })}
      closeWord={t('close')}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{t('cancel')}</Button>
          <Button look="danger" busy={end.isPending} onClick={() => end.mutate()}>
            {t('devices.end')}
          </Button>
        </>
      }
    >
      <p>{t('devices.lost.why')}</p>
      {end.error && <p role="alert">{problemText(end.error)}</p>}
    </Sheet>
  );
}
