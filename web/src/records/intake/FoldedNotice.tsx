/** The notice that a consent is given under, with its version: what is recorded is what was shown here. */
import { type UseQueryResult, useQuery } from '@tanstack/react-query';
import type { Notice } from '@/api/contract';
import { noticeQuery } from '@/api/queries';
import { t, useLanguage } from '@/i18n';
import { ProblemState } from '@/records/ProblemState';
import { Skeleton } from '@/ui/State';
import css from './notice.module.css';

export type ShownNotice = {
  notice: UseQueryResult<Notice>;
  /** What a tick belongs to: given under another text it counts no more. Empty while none is shown. */
  shown: string;
};

export function useShownNotice(purpose: string, wanted = true): ShownNotice {
  const language = useLanguage();
  const notice = useQuery({ ...noticeQuery(purpose, language), enabled: wanted });
  return { notice, shown: notice.data ? `${notice.data.id} ${notice.data.version}` : '' };
}

export function FoldedNotice({ notice }: Pick<ShownNotice, 'notice'>) {
  return (
    <>
      {notice.isPending && <Skeleton rows={1} label={t('loading')} />}
      {notice.error && <ProblemState error={notice.error} retry={() => void notice.refetch()} small />}
      {notice.data && (
        <details className={css.folded}>
          <summary>
            {notice.data.title} · {t('notice.version', { version: notice.data.version })}
          </summary>
          <p>{notice.data.body}</p>
        </details>
      )}
    </>
  );
}
