/**
 * ＋: what one begins with one thumb.
 *
 * The customers one most likely comes from stand here already, so that a call is ＋, who, save.
 */
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useRef, useState } from 'react';
import type { KedunRecord, ObjectDef, Today } from '@/api/contract';
import { objectQuery, queryClient, todayQuery } from '@/api/queries';
import { say, sayOne, t } from '@/i18n';
import { CUSTOMER } from '@/path';
import { holdCard } from '@/records/files/card';
import { readPhotos } from '@/records/files/PhotoPicker';
import { PICTURES } from '@/records/files/picture';
import { FollowUpSheet, type Target } from '@/records/followup/FollowUpSheet';
import { mayFollow } from '@/records/followup/mayFollow';
import { readPlan } from '@/records/followup/shape';
import { captureTypes, lastType, rememberType } from '@/records/followup/types';
import { titleOf } from '@/records/title';
import { RowButton } from '@/ui/Menu';
import { Segments } from '@/ui/Segments';
import { Sheet } from '@/ui/Sheet';
import { toast } from '@/ui/toast';
import css from './shell.module.css';
import { useObjects } from './useNav';

const LIKELY = 4;

export function PlusSheet({ onClose }: { onClose: () => void }) {
  const navigate = useNavigate();
  const { creatable, mayFollow, mayFile } = useObjects();
  const camera = useRef<HTMLInputElement>(null);
  const followUp = useQuery({ ...objectQuery('follow_up'), enabled: mayFollow });
  const plan = useQuery({ ...objectQuery('plan'), enabled: mayFollow });
  const today = useQuery(todayQuery);
  const types = captureTypes(followUp.data?.fields.find((field) => field.name === 'kind')?.options);
  const [type, setType] = useState<string | null>(null);
  const [target, setTarget] = useState<Target | null>(null);
  const kind = type ?? lastType(types);

  /** The camera first, then the form with the card beside it. */
  async function scan(files: FileList | null) {
    if (!files || files.length === 0) return;
    const { photos } = await readPhotos([...files].slice(0, 1));
    if (!photos[0]) return toast(t('card.unread'), 'failed');
    void holdCard(photos[0]);
    onClose();
    void navigate({ to: '/new/$object', params: { object: CUSTOMER } });
  }

  if (target) return <FollowUpSheet target={target} type={kind} onClose={onClose} />;
  return (
    <Sheet title={t('nav.plus')} closeWord={t('close')} onClose={onClose}>
      {mayFollow && (
        <section className={css.capture} aria-label={t('plus.capture')}>
          {types.length > 0 && (
            <Segments
              label={t('plus.capture')}
              options={types.map((option) => ({ key: option.value, label: say(option.label) }))}
              value={kind}
              onChange={(key) => {
                setType(key);
                rememberType(key);
              }}
            />
          )}
          {likely(today.data, plan.data).map((who) => (
            <RowButton key={who.id} icon="pen" label={who.title} onClick={() => setTarget(who)} />
          ))}
          <RowButton
            icon="search"
            label={t('plus.other')}
            hint={t('plus.follow_up')}
            onClick={() => {
              onClose();
              void navigate({ to: '/follow-up', search: { type: kind } });
            }}
          />
        </section>
      )}
      <div>
        {mayFile && creatable.some((object) => object.name === CUSTOMER) && (
          <>
            <RowButton
              icon="camera"
              label={t('plus.card')}
              hint={t('plus.card.hint')}
              onClick={() => camera.current?.click()}
            />
            <input
              ref={camera}
              type="file"
              hidden
              accept={PICTURES}
              capture="environment"
              aria-label={t('plus.card')}
              onChange={(event) => void scan(event.target.files)}
            />
          </>
        )}
        {creatable.map((object) => (
          <RowButton
            key={object.name}
            icon={object.name === 'lead' ? 'lead' : 'customers'}
            label={t('list.new', { object: sayOne(object.label) })}
            hint={t('plus.new')}
            onClick={() => {
              onClose();
              void navigate({ to: '/new/$object', params: { object: object.name } });
            }}
          />
        ))}
      </div>
    </Sheet>
  );
}

/** Whom one was just looking at, then whom the day is about. */
function likely(today: Today | undefined, plan: ObjectDef | undefined): Target[] {
  const seen = queryClient
    .getQueryCache()
    .findAll({ queryKey: ['record', CUSTOMER] })
    .filter((query) => query.state.status === 'success')
    .sort((a, b) => b.state.dataUpdatedAt - a.state.dataUpdatedAt)
    .map((query) => query.state.data as KedunRecord)
    .filter(mayFollow)
    .slice(0, 2)
    .map((record) => ({ object: CUSTOMER, id: record.id, title: titleOf(record) }));
  const planned = [...(today?.due ?? []), ...(today?.overdue ?? [])].flatMap((record) => {
    const { customer, object } = readPlan(record, plan);
    return customer && object === CUSTOMER
      ? [{ object, id: customer.id, title: customer.title ?? titleOf(record) }]
      : [];
  });
  const found = new Map<string, Target>();
  for (const target of [...seen, ...planned]) if (!found.has(target.id)) found.set(target.id, target);
  return [...found.values()].slice(0, LIKELY);
}
