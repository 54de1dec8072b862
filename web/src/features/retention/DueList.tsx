/** What is due, with the way to begin its erasure: singly, or several at once. */
import { useInfiniteQuery, useMutation } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useRef, useState } from 'react';
import { erasuresQuery } from '@/api/cases';
import type { RetentionDue } from '@/api/contract';
import { queryClient } from '@/api/queries';
import { beginErasures, retentionDueQuery } from '@/api/retention';
import { t, tCode } from '@/i18n';
import { date } from '@/i18n/format';
import { HoldSheet } from '@/records/hold/HoldSheet';
import { nameOrNumber } from '@/records/number';
import { ProblemState } from '@/records/ProblemState';
import { useEachOnPaper } from '@/records/print/paper';
import { problemText } from '@/records/problemText';
import { Button } from '@/ui/Button';
import desk from '@/ui/desk.module.css';
import { Tick } from '@/ui/Input';
import { Sheet } from '@/ui/Sheet';
import { Skeleton, State } from '@/ui/State';
import { toast } from '@/ui/toast';
import css from './retention.module.css';

type Due = RetentionDue['records'][number];
/** As many as the server begins at once. */
const MOST = 50;

export function DueList() {
  const due = useInfiniteQuery(retentionDueQuery);
  const [chosen, setChosen] = useState<string[]>([]);
  const [beginning, setBeginning] = useState(false);
  const [holding, setHolding] = useState<Due | null>(null);
  const records = due.data?.pages.flatMap((page) => page.records) ?? [];
  const total = due.data?.pages[0]?.total ?? 0;
  const picked = records.filter((one) => chosen.includes(one.record) && !one.erasure);
  const choose = (record: string, on: boolean) =>
    setChosen(on ? [...chosen, record] : chosen.filter((one) => one !== record));
  const full = picked.length >= MOST;
  useEachOnPaper(records.map(({ object, record, title }) => ({ object, id: record, title })));
  return (
    <section className={desk.part} aria-label={t('retention.due')}>
      <div className={desk.line}>
        <h2>{t('retention.due')}</h2>
        <span className={desk.meta}>{t('retention.records', { n: total })}</span>
      </div>
      {due.isPending && <Skeleton rows={3} label={t('loading')} />}
      {due.error && <ProblemState small error={due.error} retry={() => void due.refetch()} />}
      {due.data && records.length === 0 && (
        <State small icon="check" title={t('retention.due.empty')} why={t('retention.due.empty.why')} />
      )}
      <ul className={desk.list}>
        {records.map((one) => (
          <li key={one.record} className={css.row}>
            {one.erasure ? (
              <span className={desk.words}>
                <About one={one} />
                <Link to="/erasures/$id" params={{ id: one.erasure }} className={css.case}>
                  {t('retention.due.case')}
                </Link>
              </span>
            ) : (
              <span className={desk.words}>
                <Tick
                  checked={chosen.includes(one.record)}
                  disabled={full && !chosen.includes(one.record)}
                  onChange={(event) => choose(one.record, event.target.checked)}
                >
                  <About one={one} />
                </Tick>
              </span>
            )}
            {one.title && (
              <Link
                to="/records/$object/$id"
                params={{ object: one.object, id: one.record }}
                className={css.case}
              >
                {t('retention.due.open')}
              </Link>
            )}
            {!one.erasure && (
              <Button small onClick={() => setHolding(one)}>
                {t('retention.hold')}
              </Button>
            )}
          </li>
        ))}
      </ul>
      {full && (
        <p className={desk.meta} role="status">
          {t('retention.begin.most', { n: MOST })}
        </p>
      )}
      <p className={desk.actions}>
        {records.length > 0 && (
          <Button look="danger" disabled={picked.length === 0} onClick={() => setBeginning(true)}>
            {t('retention.begin', { n: picked.length })}
          </Button>
        )}
        {due.hasNextPage && (
          <Button busy={due.isFetchingNextPage} onClick={() => void due.fetchNextPage()}>
            {t('retention.due.more', { n: total - records.length })}
          </Button>
        )}
      </p>
      {beginning && (
        <BeginSheet
          records={picked}
          onClose={() => setBeginning(false)}
          onDone={() => {
            setBeginning(false);
            setChosen([]);
          }}
        />
      )}
      {holding && <HoldSheet record={holding} onClose={() => setHolding(null)} />}
    </section>
  );
}

function About({ one }: { one: Due }) {
  return (
    <>
      <b>{nameOrNumber(one)}</b>
      <span className={css.about}>
        {[
          t('retention.due.at', { date: date(one.due_at) }),
          t('retention.due.since', { date: date(one.last_activity_at) }),
          one.basis && t('retention.due.basis', { basis: tCode('basis', one.basis) }),
          one.department,
        ]
          .filter(Boolean)
          .join(' · ')}
      </span>
    </>
  );
}

function BeginSheet({
  records,
  onClose,
  onDone,
}: {
  records: Due[];
  onClose: () => void;
  onDone: () => void;
}) {
  const sent = useRef(false);
  const begin = useMutation({
    mutationFn: () => beginErasures(records.map(({ object, record }) => ({ object, record }))),
    onSuccess: ({ begun }) => {
      const left = begun.filter((one) => one.problem).length;
      toast(
        [t('retention.begun', { n: begun.length - left }), left > 0 && t('retention.begun.not', { n: left })]
          .filter(Boolean)
          .join(' '),
      );
      onDone();
    },
    onSettled: () => {
      sent.current = false;
      void queryClient.invalidateQueries({ queryKey: ['retention'] });
      void queryClient.invalidateQueries({ queryKey: erasuresQuery.queryKey });
    },
  });
  /** The second tap of two comes before the button is seen to be busy. */
  const go = () => {
    if (!sent.current) begin.mutate();
    sent.current = true;
  };
  return (
    <Sheet
      title={t('retention.begin.title', { n: records.length })}
      closeWord={t('close')}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{t('cancel')}</Button>
          <Button look="danger" busy={begin.isPending} onClick={go}>
            {t('retention.begin.go')}
          </Button>
        </>
      }
    >
      <p>{t('retention.begin.why')}</p>
      {begin.error && (
        <p className={desk.alert} role="alert">
          {problemText(begin.error)}
        </p>
      )}
      <ul>
        {records.slice(0, 10).map((one) => (
          <li key={one.record}>{nameOrNumber(one)}</li>
        ))}
        {records.length > 10 && <li>…</li>}
      </ul>
    </Sheet>
  );
}
