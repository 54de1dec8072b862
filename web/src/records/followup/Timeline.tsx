/** What happened with this record, newest first: visits, calls, plans, stage changes, transfers. */
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { FileView, KedunRecord, ObjectDef, TimelineEntry } from '@/api/contract';
import { isGone } from '@/api/problem';
import { filesQuery, objectQuery, timelineQuery } from '@/api/queries';
import { FieldText } from '@/fields';
import { say, t, tCode } from '@/i18n';
import { dateTime, fileSize, nearTime } from '@/i18n/format';
import { useWaiting } from '@/offline/useOutbox';
import { Button } from '@/ui/Button';
import { Icon, type IconName } from '@/ui/Icon';
import { Skeleton, State } from '@/ui/State';
import { Tag } from '@/ui/Tag';
import { FileSheet } from '../files/FileSheet';
import { isShown } from '../files/picture';
import { NextProblem } from '../NextProblem';
import { ProblemState } from '../ProblemState';
import { useHas } from '../useHas';
import { FollowUpSheet, type Target } from './FollowUpSheet';
import css from './followup.module.css';
import { followUpShape, readPlan } from './shape';
import { typeIcon } from './types';

const icons: Record<string, IconName> = {
  plan: 'clock',
  stage: 'stage',
  transfer: 'transfer',
  created: 'plus',
};

type Props = {
  target: Target;
  /** Whether there are files that belong to what happened. */
  filed: boolean;
  onWrite: (() => void) | undefined;
};

export function Timeline({ target, filed, onWrite }: Props) {
  const timeline = useInfiniteQuery(timelineQuery(target.object, target.id));
  const has = useHas();
  const followUp = useQuery({ ...objectQuery('follow_up'), enabled: has('follow_up') });
  const plan = useQuery({ ...objectQuery('plan'), enabled: has('plan') });
  const own = useQuery(objectQuery(target.object));
  // Their names only; what a file holds is fetched, and looked at in the log, when somebody opens it.
  const files = useQuery({ ...filesQuery(target.id), enabled: filed });
  const [opened, setOpened] = useState<FileView | null>(null);
  const [completing, setCompleting] = useState<KedunRecord | null>(null);
  const waiting = useWaiting(target.object, target.id).filter(
    (entry) => entry.what === 'follow_up' || entry.what === 'plan',
  );

  if (timeline.isPending) return <Skeleton rows={4} label={t('loading')} />;
  if (!timeline.data || isGone(timeline.error))
    return <ProblemState error={timeline.error} retry={() => timeline.refetch()} />;
  const entries = timeline.data.pages.flatMap((page) => page.entries);
  if (entries.length === 0 && waiting.length === 0) {
    return (
      <State
        icon="pen"
        title={t('timeline.empty')}
        why={t('timeline.empty.why')}
        action={onWrite && <Button onClick={onWrite}>{t('action.follow_up')}</Button>}
      />
    );
  }
  return (
    <div className={css.timeline}>
      <ol>
        {waiting.map((entry) => (
          <li key={entry.id} className={css.entry}>
            <span className={css.dot}>
              <Icon name="outbox" size={16} />
            </span>
            <div className={css.what}>
              <p className={css.meta}>
                <b>{tCode('timeline', entry.what)}</b>
                <Link to="/outbox" className={css.pending}>
                  <Tag tone={entry.refused ? 'cinnabar' : 'amber'}>
                    {t(entry.refused ? 'outbox.refused' : 'outbox.waiting')}
                  </Tag>
                </Link>
                <time dateTime={entry.at}>{nearTime(entry.at)}</time>
              </p>
              <div className={css.body}>{entry.text}</div>
            </div>
          </li>
        ))}
        {entries.map((entry) => (
          <Entry
            key={`${entry.kind}${entry.id}`}
            entry={entry}
            object={target.object}
            own={own.data}
            followUp={followUp.data}
            plan={plan.data}
            files={files.data?.files.filter((file) => file.follow_up === entry.record?.id)}
            onOpen={setOpened}
            onComplete={setCompleting}
          />
        ))}
      </ol>
      <NextProblem page={timeline} />
      {timeline.hasNextPage && (
        <Button look="quiet" busy={timeline.isFetchingNextPage} onClick={() => timeline.fetchNextPage()}>
          {t('timeline.more')}
        </Button>
      )}
      {opened && <FileSheet customer={target.id} file={opened} onClose={() => setOpened(null)} />}
      {completing && <FollowUpSheet target={target} plan={completing} onClose={() => setCompleting(null)} />}
    </div>
  );
}

type EntryProps = {
  entry: TimelineEntry;
  object: string;
  own: ObjectDef | undefined;
  followUp: ObjectDef | undefined;
  plan: ObjectDef | undefined;
  files: FileView[] | undefined;
  onOpen: (file: FileView) => void;
  onComplete: (plan: KedunRecord) => void;
};

function Entry({ entry, object, own, followUp, plan, files, onOpen, onComplete }: EntryProps) {
  const { record } = entry;
  const who = entry.by?.name ?? t('timeline.system');
  const shape = followUp && followUpShape(followUp, object);
  const type = shape?.type && record?.fields[shape.type.name];
  const typeValue = type && 'value' in type ? type.value : null;
  const icon = entry.kind === 'follow_up' ? typeIcon(typeValue) : (icons[entry.kind] ?? 'info');
  const typeLabel = shape?.type?.options?.find((option) => option.value === typeValue)?.label;

  let body = null;
  let tag = null;
  if (entry.kind === 'follow_up' && record && shape?.text) {
    body = <FieldText def={shape.text} value={record.fields[shape.text.name]} />;
  } else if (entry.kind === 'plan' && record) {
    const view = readPlan(record, plan);
    const late = !view.over && view.due !== null && new Date(view.due) < new Date();
    tag = (
      <Tag tone={view.done ? 'jade' : view.over ? 'grey' : late ? 'cinnabar' : 'amber'}>
        {view.over ? say(view.end) || t('plan.done') : late ? t('plan.overdue') : t('plan.open')}
      </Tag>
    );
    body = (
      <>
        <Link
          to="/records/$object/$id"
          params={{ object: record.object, id: record.id }}
          className={css.plan}
        >
          {view.text}
        </Link>
        {view.due && <span className={css.due}>{dateTime(view.due)}</span>}
        {!view.over && record.rights.edit && (
          <Button small icon="check" onClick={() => onComplete(record)}>
            {t('action.complete_and_log')}
          </Button>
        )}
      </>
    );
  } else if (entry.change) {
    const { from, to, people } = entry.change;
    body = (
      <span>
        {t('timeline.change', { from: shown(from ?? people?.from, own), to: shown(to ?? people?.to, own) })}
      </span>
    );
  }
  const strong = entry.kind === 'follow_up' || entry.kind === 'plan';
  return (
    <li className={strong ? css.entry : css.line}>
      <span className={css.dot}>
        <Icon name={icon} size={16} />
      </span>
      <div className={css.what}>
        <p className={css.meta}>
          <b>{typeLabel ? say(typeLabel) : tCode('timeline', entry.kind)}</b>
          {tag}
          <span>{who}</span>
          <time dateTime={entry.at} title={dateTime(entry.at)}>
            {nearTime(entry.at)}
          </time>
        </p>
        {body && <div className={css.body}>{body}</div>}
        {entry.kind === 'follow_up' && files && files.length > 0 && (
          <ul className={css.chips} aria-label={t('tab.files')}>
            {files.map((file) => (
              <li key={file.id}>
                <Chip file={file} onOpen={() => onOpen(file)} />
              </li>
            ))}
          </ul>
        )}
        {entry.change?.reason && (
          <p className={css.hint}>
            {t('timeline.reason', { reason: tCode('history.reason', entry.change.reason) })}
          </p>
        )}
      </div>
    </li>
  );
}

function Chip({ file, onOpen }: { file: FileView; onOpen: () => void }) {
  const name = file.name ?? t('files.hidden');
  const inside = (
    <>
      <Icon name={!file.rights.read ? 'lock' : isShown(file.kind) ? 'picture' : 'file'} size={18} />
      <b>{name}</b>
      <span>{fileSize(file.size)}</span>
    </>
  );
  if (!file.rights.read) return <span className={css.chip}>{inside}</span>;
  return (
    <button type="button" className={css.chip} onClick={onOpen} aria-label={t('files.open', { name })}>
      {inside}
    </button>
  );
}

/** One end of a change: a person, or a stage by the name its designer gave it. */
function shown(value: unknown, own: ObjectDef | undefined): string {
  if (value === null || value === undefined || value === '') return t('none');
  if (typeof value === 'object') {
    const named = value as { name?: string; title?: string; label?: { zh: string; en: string } };
    return named.label ? say(named.label) : (named.name ?? named.title ?? t('none'));
  }
  const stage = own?.fields.find((field) => field.name === 'stage');
  const option = stage?.options?.find((candidate) => candidate.value === value);
  return option ? say(option.label) : String(value);
}
