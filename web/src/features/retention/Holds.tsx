/** Legal holds in force, and how one is placed and lifted. */
import { useMutation, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { Hold, Retention } from '@/api/contract';
import { queryClient } from '@/api/queries';
import { holdsQuery, liftHold } from '@/api/retention';
import { t } from '@/i18n';
import { nearTime } from '@/i18n/format';
import { HoldSheet } from '@/records/hold/HoldSheet';
import { nameOrNumber } from '@/records/number';
import { ProblemState } from '@/records/ProblemState';
import { useEachOnPaper } from '@/records/print/paper';
import { problemText } from '@/records/problemText';
import { Button } from '@/ui/Button';
import desk from '@/ui/desk.module.css';
import { Sheet } from '@/ui/Sheet';
import { Skeleton } from '@/ui/State';
import { Tag } from '@/ui/Tag';
import { toast } from '@/ui/toast';
import css from './retention.module.css';

export function Holds({ terms }: { terms: Retention['terms'] }) {
  const holds = useQuery(holdsQuery);
  const [placing, setPlacing] = useState(false);
  const [lifting, setLifting] = useState<Hold | null>(null);
  useEachOnPaper((holds.data ?? []).map(({ object, record, title }) => ({ object, id: record, title })));
  return (
    <section className={desk.part} aria-label={t('retention.holds')}>
      <h2>{t('retention.holds')}</h2>
      <p className={desk.why}>{t('retention.holds.why')}</p>
      {holds.isPending && <Skeleton rows={2} label={t('loading')} />}
      {holds.error && <ProblemState small error={holds.error} retry={() => void holds.refetch()} />}
      {holds.data?.length === 0 && <p className={desk.note}>{t('retention.holds.empty')}</p>}
      <ul className={desk.list}>
        {holds.data?.map((hold) => (
          <li key={hold.id} className={css.row}>
            <span className={desk.words}>
              <span className={desk.line}>
                <b>
                  {hold.title ? (
                    <Link to="/records/$object/$id" params={{ object: hold.object, id: hold.record }}>
                      {hold.title}
                    </Link>
                  ) : (
                    nameOrNumber(hold)
                  )}
                </b>
                <Tag tone="indigo">{t(`retention.hold.ground.${hold.ground}`)}</Tag>
              </span>
              <span className={desk.meta}>
                {[
                  hold.note,
                  t('retention.hold.by', {
                    name: hold.placed_by.name ?? '—',
                    time: nearTime(hold.placed_at),
                  }),
                ]
                  .filter(Boolean)
                  .join(' · ')}
              </span>
            </span>
            <Button small onClick={() => setLifting(hold)}>
              {t('retention.lift')}
            </Button>
          </li>
        ))}
      </ul>
      <p className={desk.actions}>
        <Button icon="lock" onClick={() => setPlacing(true)}>
          {t('retention.hold.new')}
        </Button>
      </p>
      {placing && <HoldSheet objects={terms} onClose={() => setPlacing(false)} />}
      {lifting && <LiftSheet hold={lifting} onClose={() => setLifting(null)} />}
    </section>
  );
}

function LiftSheet({ hold, onClose }: { hold: Hold; onClose: () => void }) {
  const lift = useMutation({
    mutationFn: () => liftHold(hold.id),
    onSuccess: () => {
      toast(t('retention.lifted'));
      onClose();
    },
    onSettled: () => queryClient.invalidateQueries({ queryKey: ['retention'] }),
  });
  return (
    <Sheet
      title={t('retention.lift.title')}
      closeWord={t('close')}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{t('cancel')}</Button>
          <Button look="primary" busy={lift.isPending} onClick={() => lift.mutate()}>
            {t('retention.lift')}
          </Button>
        </>
      }
    >
      <p>
        <b>{nameOrNumber(hold)}</b>
      </p>
      <p>{t('retention.lift.why')}</p>
      {lift.error && (
        <p className={desk.alert} role="alert">
          {problemText(lift.error)}
        </p>
      )}
    </Sheet>
  );
}
