/** What lies in the recycle bin of a list, for whoever may take it out: nothing else is done with it, and no page is it. */
import { type UseMutationResult, useInfiniteQuery, useMutation } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { api, recordPath } from '@/api/client';
import type { KedunRecord, ObjectDef } from '@/api/contract';
import { isGone, isProblem } from '@/api/problem';
import { binQuery, refreshRecord } from '@/api/queries';
import { saySome, t } from '@/i18n';
import { exact, nearTime } from '@/i18n/format';
import { NextProblem } from '@/records/NextProblem';
import { ProblemState } from '@/records/ProblemState';
import { useOnPaper } from '@/records/print/paper';
import { problemText } from '@/records/problemText';
import { titleOf } from '@/records/title';
import { Button } from '@/ui/Button';
import { Skeleton, State } from '@/ui/State';
import { toast } from '@/ui/toast';
import css from './RecycleBin.module.css';

export function RecycleBin({ object }: { object: ObjectDef }) {
  const page = useInfiniteQuery(binQuery(object.name));
  if (page.isPending) return <Skeleton label={t('loading')} />;
  if (!page.data || isGone(page.error))
    return <ProblemState error={page.error} retry={() => page.refetch()} />;
  const records = page.data.pages.flatMap((item) => item.records);
  if (records.length === 0)
    return (
      <State
        icon="trash"
        title={t('bin.empty')}
        why={t('bin.empty.why', { object: saySome(object.label) })}
      />
    );
  return (
    <div className={css.bin}>
      <p className={css.note}>{t('bin.note')}</p>
      <ul className={css.rows}>
        {records.map((record) => (
          <Row key={record.id} record={record} />
        ))}
      </ul>
      <NextProblem page={page} />
      {page.hasNextPage && (
        <Button look="quiet" busy={page.isFetchingNextPage} onClick={() => void page.fetchNextPage()}>
          {t('list.more')}
        </Button>
      )}
    </div>
  );
}

function Row({ record }: { record: KedunRecord }) {
  useOnPaper(record.object, () => [record.id]);
  const restore = useRestore(record);
  const title = titleOf(record);
  const problem = `bin-${record.id}`;
  return (
    <li className={css.row}>
      <div className={css.words}>
        <b>{title}</b>
        <span>
          <span>{record.owner?.name ?? t('owner.none')}</span>
          {record.deleted_at && (
            <time dateTime={record.deleted_at} title={exact(record.deleted_at)}>
              {t('bin.deleted', { when: nearTime(record.deleted_at) })}
            </time>
          )}
        </span>
      </div>
      {record.rights.restore && (
        <Button
          busy={restore.isPending}
          aria-label={t('action.for', { action: t('bin.restore'), title })}
          aria-describedby={restore.error ? problem : undefined}
          onClick={() => restore.mutate()}
        >
          {t('bin.restore')}
        </Button>
      )}
      {restore.error && (
        <p id={problem} role="alert" className={css.problem}>
          {refusal(restore.error)}
        </p>
      )}
    </li>
  );
}

/** Who was taken down anew meanwhile is said beside a field that is not on this screen. */
function refusal(error: Error): string {
  const said = isProblem(error, 'duplicate') ? error.body.errors?.find((one) => one.message) : undefined;
  return said?.message ?? problemText(error);
}

/** What was refused stays where it lies, with the reason beside it. */
function useRestore(record: KedunRecord): UseMutationResult<unknown, Error, void> {
  const navigate = useNavigate();
  const { object, id } = record;
  return useMutation({
    mutationFn: () => api.post(`${recordPath(object, id)}/restoration`),
    onSuccess: () => {
      refreshRecord(object, id);
      toast(t('bin.restored', { title: titleOf(record) }), 'done', {
        label: t('bin.open'),
        run: () => void navigate({ to: '/records/$object/$id', params: { object, id } }),
      });
    },
  });
}
