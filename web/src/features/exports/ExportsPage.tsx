/** My exports: how far each is, and the file while it may be fetched. */
import { useMutation, useQuery } from '@tanstack/react-query';
import { exportsQuery, MOST_CASES } from '@/api/cases';
import { api, BASE, seg } from '@/api/client';
import type { ExportCase } from '@/api/contract';
import { objectsQuery, queryClient } from '@/api/queries';
import { say, t, tCode } from '@/i18n';
import { dateTime } from '@/i18n/format';
import { Newest } from '@/records/Newest';
import { ProblemState } from '@/records/ProblemState';
import { toastProblem } from '@/records/problemText';
import { Button } from '@/ui/Button';
import { Icon } from '@/ui/Icon';
import { Skeleton, State } from '@/ui/State';
import { Tag, type Tone } from '@/ui/Tag';
import css from './exports.module.css';

const tones: Record<ExportCase['state'], Tone> = {
  waiting: 'amber',
  approved: 'indigo',
  running: 'indigo',
  ready: 'jade',
  rejected: 'cinnabar',
  cancelled: 'grey',
  expired: 'grey',
  failed: 'cinnabar',
};

export function ExportsPage() {
  const exports = useQuery(exportsQuery);
  return (
    <div className={css.page}>
      <h1 className={css.title}>{t('exports.title')}</h1>
      <p className={css.note}>{t('exports.note')}</p>
      {exports.isPending && <Skeleton label={t('loading')} />}
      {exports.error && <ProblemState error={exports.error} retry={() => exports.refetch()} />}
      {exports.data?.length === 0 && (
        <State icon="exports" title={t('exports.empty')} why={t('exports.empty.why')} />
      )}
      <ul className={css.list}>
        {exports.data?.map((item) => (
          <ExportRow key={item.id} item={item} />
        ))}
      </ul>
      <Newest n={exports.data?.length} most={MOST_CASES} className={css.note} />
    </div>
  );
}

function ExportRow({ item }: { item: ExportCase }) {
  const objects = useQuery(objectsQuery);
  const object = objects.data?.find((candidate) => candidate.name === item.object);
  const cancel = useMutation({
    mutationFn: () => api.post(`/exports/${seg(item.id)}/cancellation`),
    onSettled: () => queryClient.invalidateQueries({ queryKey: ['exports'] }),
    onError: toastProblem,
  });
  const running = item.state === 'running' || item.state === 'approved';
  return (
    <li className={css.item}>
      <p className={css.line}>
        <b>{object ? say(object.label) : (item.object ?? t('exports.one'))}</b>
        <Tag tone={tones[item.state]}>{t(`export.state.${item.state}`)}</Tag>
      </p>
      <p className={css.meta}>
        {item.purpose && <span>{purpose(item.purpose)}</span>}
        {typeof item.rows === 'number' && <span>{t('list.count', { n: item.rows })}</span>}
        {item.created_at && <span>{dateTime(item.created_at)}</span>}
        {item.number && <span>{item.number}</span>}
        {item.clear && <span>{t('snapshot.clear')}</span>}
        {item.state === 'ready' && item.expires_at && (
          <span>{t('exports.until', { time: dateTime(item.expires_at) })}</span>
        )}
        {typeof item.downloads === 'number' && item.downloads > 0 && (
          <span>{t('exports.downloads', { n: item.downloads })}</span>
        )}
      </p>
      {item.comment && <p className={css.said}>{t('exports.said', { text: item.comment })}</p>}
      {item.failure && <p className={css.said}>{tCode('exports.failure', item.failure)}</p>}
      {running && <progress max={100} value={item.progress ?? 0} aria-label={t('export.state.running')} />}
      <p className={css.acts}>
        {item.state === 'ready' && (
          <a className={css.download} href={`${BASE}/exports/${seg(item.id)}/file`} download>
            <Icon name="download" size={18} />
            {t('exports.download')}
          </a>
        )}
        {(item.state === 'waiting' || running) && (
          <Button small busy={cancel.isPending} onClick={() => cancel.mutate()}>
            {t('exports.cancel')}
          </Button>
        )}
      </p>
    </li>
  );
}

function purpose(text: string): string {
  const other = /^other:\s*(.+)$/.exec(text);
  return other?.[1] ?? tCode('export.purpose', text);
}
