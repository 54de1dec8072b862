/** The button that needs no trust: the browser fetches hashes and signatures and judges them itself. */
import { useState } from 'react';
import { t } from '@/i18n';
import type { Depth, Fault, Step } from '@/ledger/check';
import { saveEvidence } from '@/ledger/evidence';
import { keptHead } from '@/ledger/witness';
import { problemText } from '@/records/problemText';
import { Button } from '@/ui/Button';
import { Icon } from '@/ui/Icon';
import { Segments } from '@/ui/Segments';
import css from './ledger.module.css';
import { type Run, type Shown, useVerify } from './useVerify';

const steps: Step[] = ['key', 'signature', 'witness', 'tiles', 'entries'];

export function Verify({ auditor, demo, onDone }: { auditor: boolean; demo: boolean; onDone: () => void }) {
  const { run, verify, stop } = useVerify(demo, onDone);
  const [depth, setDepth] = useState<Depth>(auditor ? 'recent' : 'hashes');
  const running = run.state === 'running';
  const shown = steps.filter((step) => step !== 'entries' || auditor);
  return (
    <section className={css.card} aria-label={t('ledger.verify')}>
      {auditor ? (
        <Segments<Depth>
          label={t('ledger.depth')}
          value={depth}
          onChange={setDepth}
          options={[
            { key: 'recent', label: t('ledger.depth.recent') },
            { key: 'all', label: t('ledger.depth.all') },
          ]}
        />
      ) : (
        <p className={css.quiet}>{t('ledger.depth.hashes')}</p>
      )}
      <Button
        look={running ? 'plain' : 'primary'}
        icon={running ? 'close' : 'approvals'}
        onClick={() => (running ? stop() : void verify(depth))}
      >
        {running ? t('ledger.stop') : run.state === 'idle' ? t('ledger.verify') : t('ledger.again')}
      </Button>
      <ol className={css.steps}>
        {shown.map((step, at) => (
          <StepRow key={step} step={step} run={run} state={stateOf(at, run, shown)} />
        ))}
      </ol>
      <div role="status" className={css.verdict}>
        {run.state === 'stopped' && <p className={css.quiet}>{t('ledger.stopped')}</p>}
        {run.state === 'failed' && <p className={css.failed}>{problemText(run.error)}</p>}
        {run.state === 'ok' && (
          <div className={css.ok}>
            <Icon name="check" size={22} />
            <div>
              <h3>{t('ledger.ok')}</h3>
              <p>
                {t('ledger.ok.why', { n: run.checked.tiles })}{' '}
                {run.checked.entries > 0 && t('ledger.ok.entries', { n: run.checked.entries })}
              </p>
            </div>
          </div>
        )}
        {run.state === 'bad' && <Bad fault={run.fault} shown={run.shown} />}
      </div>
    </section>
  );
}

type StepState = 'waiting' | 'now' | 'done' | 'bad';

function stateOf(at: number, run: Run, shown: Step[]): StepState {
  if (run.state === 'ok') return 'done';
  const reached = run.state === 'running' ? run.step : run.state === 'bad' ? run.fault.step : null;
  if (!reached) return 'waiting';
  const now = shown.indexOf(reached);
  if (at < now) return 'done';
  if (at > now) return 'waiting';
  return run.state === 'bad' ? 'bad' : 'now';
}

const marks = { waiting: 'clock', now: 'clock', done: 'check', bad: 'alert' } as const;

function StepRow({ step, run, state }: { step: Step; run: Run; state: StepState }) {
  const here = run.state === 'running' && run.step === step ? run : null;
  return (
    <li data-state={state}>
      <Icon name={marks[state]} size={18} />
      <span>
        {t(`ledger.step.${step}`)}
        {step === 'witness' && state === 'done' && <small>{witnessText(run)}</small>}
        {here?.of !== undefined && (
          <>
            <small>{t('ledger.step.of', { done: here.done ?? 0, n: here.of })}</small>
            <progress max={here.of} value={here.done ?? 0} aria-label={t(`ledger.step.${step}`)} />
          </>
        )}
      </span>
    </li>
  );
}

function witnessText(run: Run): string | null {
  const opened = run.state === 'ok' || run.state === 'running' ? run.opened : undefined;
  if (!opened) return null;
  if (!opened.before) return t('ledger.witness.first');
  if (opened.before.size === opened.head.size) return t('ledger.witness.same');
  return t('ledger.witness.grown', { n: opened.before.size });
}

function Bad({ fault, shown }: { fault: Fault; shown: Shown }) {
  const place = fault.code === 'entry' ? t('ledger.bad.entry', { place: fault.place ?? '' }) : fault.place;
  return (
    <div className={css.bad} role="alert">
      <Icon name="alert" size={22} />
      <div>
        <h3>{t('ledger.bad')}</h3>
        <p>{t(`ledger.fault.${fault.code}`)}</p>
        {place && (
          <p>
            <code>{t('ledger.bad.place', { place })}</code>
          </p>
        )}
        <p>{t('ledger.bad.next')}</p>
        <Button icon="download" onClick={() => saveEvidence(fault, keptHead(), shown)}>
          {t('ledger.evidence')}
        </Button>
      </div>
    </div>
  );
}
