/** One handover from the frozen account to the certificate: what there was, who takes what, how far it is. */
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { handoverQuery } from '@/api/cases';
import { api, seg } from '@/api/client';
import type { Handover } from '@/api/contract';
import { meQuery, queryClient } from '@/api/queries';
import { t } from '@/i18n';
import { dateTime } from '@/i18n/format';
import { ProblemState } from '@/records/ProblemState';
import { useOnPaper } from '@/records/print/paper';
import { problemText } from '@/records/problemText';
import { Button } from '@/ui/Button';
import { Icon } from '@/ui/Icon';
import { Sheet } from '@/ui/Sheet';
import { Skeleton } from '@/ui/State';
import { type PathStep, StepPath, type StepState } from '@/ui/StepPath';
import { Tag } from '@/ui/Tag';
import { toast } from '@/ui/toast';
import { Certificate } from './Certificate';
import { handled, tones } from './HandoversPage';
import css from './handovers.module.css';
import { Inventory } from './Inventory';
import { Plan } from './Plan';

const route = getRouteApi('/app/handovers/$id');

export function HandoverPage() {
  const { id } = route.useParams();
  const me = useQuery(meQuery);
  const plan = useInfiniteQuery(handoverQuery(id));
  const [running, setRunning] = useState(false);
  useOnPaper('handover', () => (plan.data ? [id] : []));
  const { hasNextPage, isFetchingNextPage, isFetchNextPageError, fetchNextPage } = plan;
  // Filters and totals speak of the whole plan, so all of it is fetched, part after part. A part that does not come is
  // asked for again by whoever wants it, not by the page.
  const more = hasNextPage && !isFetchingNextPage && !isFetchNextPageError;
  useEffect(() => {
    if (more) void fetchNextPage();
  }, [more, fetchNextPage]);

  if (plan.isPending) return <Skeleton label={t('loading')} />;
  const handover = plan.data?.pages[0];
  if (!handover) return plan.error ? <ProblemState error={plan.error} retry={() => plan.refetch()} /> : null;
  const items = plan.data?.pages.flatMap((page) => page.items) ?? [];
  const name = handover.person?.name ?? '—';
  const open = items.filter((item) => item.state !== 'moved' && !item.proposed).length;
  const mayRun = handover.state !== 'done' && (me.data?.acts.includes('handovers.run') ?? false);
  const { moved = 0, elsewhere = 0, refused = 0, waiting = 0, total = 0 } = handover.progress;
  const stopped = handover.state === 'running' && waiting === 0 && refused > 0;

  return (
    <div className={css.page}>
      <header className={css.head}>
        <Link to="/handovers" className={css.back} aria-label={t('handovers.title')}>
          <Icon name="back" />
        </Link>
        <h1>{t('handovers.of', { name })}</h1>
        <Tag tone={tones[handover.state]}>{t(`handovers.state.${handover.state}`)}</Tag>
        <p className={css.note}>
          {handover.number} · {t(`handovers.reason.${handover.reason}` as 'handovers.reason.other')}
        </p>
      </header>
      <div className={css.card}>
        <StepPath label={t('handovers.path')} steps={steps(handover, open)} />
        {handover.state !== 'planned' && (
          <div role="status" className={css.progress}>
            <p>{t('handovers.progress', { done: handled(handover), total })}</p>
            <progress value={moved + elsewhere} max={Math.max(1, total)} />
            <p className={css.note}>
              {[
                t('handovers.progress.moved', { n: moved }),
                elsewhere > 0 && t('handovers.progress.elsewhere', { n: elsewhere }),
                refused > 0 && t('handovers.progress.refused', { n: refused }),
                waiting > 0 && t('handovers.progress.waiting', { n: waiting }),
              ]
                .filter(Boolean)
                .join(' · ')}
            </p>
          </div>
        )}
        {stopped && <p className={css.warning}>{t('handovers.left')}</p>}
        {mayRun && (handover.state === 'planned' || stopped) && (
          <Button look="primary" icon="transfer" onClick={() => setRunning(true)}>
            {t(stopped ? 'handovers.run.again' : 'handovers.run')}
          </Button>
        )}
      </div>
      {handover.state === 'done' && <Certificate id={handover.id} number={handover.number} />}
      {isFetchNextPageError && <ProblemState error={plan.error} retry={() => void fetchNextPage()} small />}
      <div className={css.columns}>
        <Inventory handover={handover} items={items} />
        <Plan handover={handover} items={items} editable={mayRun} />
      </div>
      {running && (
        <RunSheet
          handover={handover}
          heirs={new Set(items.map((item) => item.proposed).filter(Boolean)).size}
          open={open}
          onClose={() => setRunning(false)}
        />
      )}
    </div>
  );
}

function steps(handover: Handover, open: number): PathStep[] {
  const assigned: StepState = handover.state === 'planned' ? 'now' : 'done';
  const ran: StepState =
    handover.state === 'planned' ? 'next' : handover.state === 'running' ? 'now' : 'done';
  const signed: StepState = handover.state === 'done' ? 'done' : 'next';
  const step = (key: 'frozen' | 'assign' | 'run' | 'certificate', state: StepState, detail?: string) => ({
    key,
    label: t(`handovers.step.${key}`),
    state,
    stateWord: t(`path.${state}`),
    ...(detail ? { detail } : {}),
  });
  return [
    step('frozen', 'done', handover.frozen_at ? dateTime(handover.frozen_at) : undefined),
    step(
      'assign',
      assigned,
      open > 0 ? t('handovers.step.assign.open', { n: open }) : t('handovers.step.assign.ready'),
    ),
    step('run', ran, handover.run_by?.name),
    step('certificate', signed, handover.finished_at ? dateTime(handover.finished_at) : undefined),
  ];
}

function RunSheet({
  handover,
  heirs,
  open,
  onClose,
}: {
  handover: Handover;
  heirs: number;
  open: number;
  onClose: () => void;
}) {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const left = (handover.progress.total ?? 0) - handled(handover) - open;

  async function run() {
    setBusy(true);
    try {
      await api.post(`/handovers/${seg(handover.id)}/execution`);
      toast(t('handovers.run.started'));
      onClose();
    } catch (problem) {
      setError(problemText(problem));
      setBusy(false);
    }
    void queryClient.invalidateQueries({ queryKey: ['handover', handover.id] });
    void queryClient.invalidateQueries({ queryKey: ['handovers'] });
  }

  return (
    <Sheet
      title={t('handovers.run.title', { name: handover.person?.name ?? '—' })}
      closeWord={t('close')}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{t('cancel')}</Button>
          <Button look="primary" busy={busy} onClick={() => void run()}>
            {t('handovers.run')}
          </Button>
        </>
      }
    >
      <p>
        {t('handovers.run.consequence', {
          n: Math.max(0, left),
          heirs: t('handovers.successors', { n: heirs }),
        })}
      </p>
      {open > 0 && <p className={css.warning}>{t('handovers.run.open', { n: open })}</p>}
      {error && (
        <p className={css.error} role="alert">
          {error}
        </p>
      )}
    </Sheet>
  );
}
