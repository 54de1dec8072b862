/** What the list shows: skeleton, problem, nothing, cards or the table; and more as one scrolls. */
import { useEffect, useRef } from 'react';
import type { FieldDef, KedunRecord, ObjectDef, SearchHit, Sort } from '@/api/contract';
import { sayOne, saySome, t, tCode } from '@/i18n';
import { phoneField } from '@/records/contact';
import { Card } from '@/records/list/Card';
import { CardList } from '@/records/list/CardList';
import { Table } from '@/records/list/Table';
import { ProblemState } from '@/records/ProblemState';
import { MOST_PRINTED, useOnPaper } from '@/records/print/paper';
import { Button } from '@/ui/Button';
import { Skeleton, State } from '@/ui/State';
import { useDesktop } from '@/ui/useMedia';
import css from './ListPage.module.css';

type Props = {
  object: ObjectDef;
  columns: FieldDef[];
  frozen: number;
  onOrder: (names: string[]) => void;
  /** Which list it is, for what is remembered of it. */
  name: string;
  records: KedunRecord[];
  hits: SearchHit[] | undefined;
  /** Whether the search left sealed names unopened. */
  partial: boolean;
  pending: boolean;
  error: Error | null;
  retry: () => void;
  more: (() => void) | undefined;
  loadingMore: boolean;
  filtered: boolean;
  searching: boolean;
  sort: Sort | undefined;
  /** Nothing where the order is not one's to choose. */
  onSort: ((sort: Sort) => void) | undefined;
  at: number;
  open: string | undefined;
  onOpen: (record: KedunRecord, at: number) => void;
  onFollowUp: ((record: KedunRecord) => void) | undefined;
  create: (() => void) | undefined;
  /** Another view, for when this one holds nothing. */
  wider: { label: string; onOpen: () => void } | undefined;
};

export function ListBody(props: Props) {
  const { object, records, hits, pending, error, more, create, wider, onFollowUp } = props;
  const desktop = useDesktop();
  const matched = hits && ((index: number) => hits[index] && tCode('matched', hits[index].matched));
  const scroller = useRef<HTMLDivElement>(null);
  useOnPaper(object.name, () => records.slice(0, MOST_PRINTED).map((record) => record.id));
  if (pending) return <Skeleton rows={8} label={t('loading')} />;
  if (error && records.length === 0) return <ProblemState error={error} retry={props.retry} />;
  if (records.length === 0) {
    if (props.searching)
      return (
        <State
          icon="search"
          title={t('search.none')}
          why={
            props.partial
              ? t('search.partial')
              : t(phoneField(object) ? 'search.none.why' : 'search.none.name')
          }
        />
      );
    if (props.filtered) return <State icon="filter" title={t('list.none')} why={t('list.none.why')} />;
    return (
      <State
        icon="customers"
        title={t('list.empty', { object: saySome(object.label) })}
        why={t('list.empty.why')}
        action={
          <>
            {create && (
              <Button look="primary" icon="plus" onClick={create}>
                {t('list.new', { object: sayOne(object.label) })}
              </Button>
            )}
            {wider && <Button onClick={wider.onOpen}>{t('list.see', { view: wider.label })}</Button>}
          </>
        }
      />
    );
  }
  return (
    <div
      ref={scroller}
      className={desktop ? css.scroll : undefined}
      data-scroll-restoration-id={`list-${object.name}`}
    >
      {desktop ? (
        <Table
          object={object}
          columns={props.columns}
          frozen={props.frozen}
          onOrder={props.onOrder}
          records={records}
          sort={props.sort}
          onSort={props.onSort}
          matched={matched}
          at={props.at}
          open={props.open}
          onOpen={props.onOpen}
          scroller={scroller}
        />
      ) : (
        <div className={css.cards}>
          <CardList
            name={props.name}
            records={records}
            card={(record, index, placed) => (
              <Card
                record={record}
                object={object}
                matched={matched?.(index)}
                onFollowUp={onFollowUp && (() => onFollowUp(record))}
                placed={placed}
              />
            )}
          />
        </div>
      )}
      {props.partial && <p className={css.partial}>{t('search.partial')}</p>}
      {more && <More onMore={more} busy={props.loadingMore} failed={error !== null} />}
    </div>
  );
}

/** Loads the next page when it comes near; the button is for keyboards and for a network that failed. */
function More({ onMore, busy, failed }: { onMore: () => void; busy: boolean; failed: boolean }) {
  const ref = useRef<HTMLDivElement>(null);
  const latest = useRef(onMore);
  latest.current = onMore;
  useEffect(() => {
    if (!ref.current || busy || failed) return;
    const observer = new IntersectionObserver(
      (entries) => entries.some((entry) => entry.isIntersecting) && latest.current(),
      { rootMargin: '600px' },
    );
    observer.observe(ref.current);
    return () => observer.disconnect();
  }, [busy, failed]);
  return (
    <div ref={ref} className={css.more}>
      <Button look="quiet" busy={busy} onClick={onMore}>
        {t('list.more')}
      </Button>
    </div>
  );
}
