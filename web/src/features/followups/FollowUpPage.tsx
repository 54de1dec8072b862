/** ＋ 写跟进: first whom, then the composer. */
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { objectQuery, recordsQuery, searchQuery } from '@/api/queries';
import { t } from '@/i18n';
import { nearDay } from '@/i18n/format';
import { CUSTOMER } from '@/path';
import { FollowUpSheet, type Target } from '@/records/followup/FollowUpSheet';
import { mayFollow } from '@/records/followup/mayFollow';
import { ProblemState } from '@/records/ProblemState';
import { useOnPaper } from '@/records/print/paper';
import { titleOf } from '@/records/title';
import { HelpButton } from '@/shell/help/HelpButton';
import { IconButton } from '@/ui/Button';
import { Input } from '@/ui/Input';
import { RowButton } from '@/ui/Menu';
import { Skeleton, State } from '@/ui/State';
import { useDebounced } from '@/ui/useDebounced';
import { useDesktop } from '@/ui/useMedia';
import css from './followups.module.css';

const route = getRouteApi('/app/follow-up');

export function FollowUpPage() {
  const { type } = route.useSearch();
  const navigate = useNavigate();
  const object = useQuery(objectQuery(CUSTOMER));
  const [q, setQ] = useState('');
  const [target, setTarget] = useState<Target | null>(null);
  const view = object.data?.views[0]?.name;
  const mine = useInfiniteQuery({
    ...recordsQuery(CUSTOMER, {
      sort: [{ field: 'updated_at', dir: 'desc' }],
      limit: 30,
      ...(view ? { view } : {}),
    }),
    enabled: object.data !== undefined,
  });
  // Each search stands in the log, and each half of a word that a method of typing passes through would be one.
  const sought = useDebounced(q.trim(), 250);
  const found = useQuery(searchQuery(CUSTOMER, sought));
  const searching = sought !== '';
  const query = searching ? found : mine;
  const desktop = useDesktop();
  const seen = searching ? found.data?.results.map((hit) => hit.record) : mine.data?.pages[0]?.records;
  const records = seen?.filter(mayFollow);
  useOnPaper(CUSTOMER, () => (records ?? []).map((record) => record.id));
  return (
    <div className={css.page}>
      <header className={css.bar}>
        <IconButton icon="back" label={t('back')} onClick={() => void navigate({ to: '/' })} />
        <h1>{t('followup.whom')}</h1>
        {!desktop && <HelpButton />}
      </header>
      <Input
        type="search"
        value={q}
        autoFocus
        aria-label={t('list.search.placeholder')}
        placeholder={t('list.search.placeholder')}
        onChange={(event) => setQ(event.target.value)}
      />
      {query.isPending && <Skeleton label={t('loading')} />}
      {query.error && <ProblemState error={query.error} retry={() => void query.refetch()} />}
      {records?.length === 0 && <State icon="search" title={t('search.none')} why={t('search.none.why')} />}
      <ul className={css.list}>
        {records?.map((record) => (
          <li key={record.id}>
            <RowButton
              icon="pen"
              label={titleOf(record)}
              hint={
                record.last_follow_up
                  ? t('card.last', { day: nearDay(record.last_follow_up) })
                  : t('card.never')
              }
              onClick={() => setTarget({ object: CUSTOMER, id: record.id, title: titleOf(record) })}
            />
          </li>
        ))}
      </ul>
      {target && <FollowUpSheet target={target} type={type} onClose={() => setTarget(null)} />}
    </div>
  );
}
