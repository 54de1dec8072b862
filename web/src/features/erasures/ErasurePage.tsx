/** One erasure: what goes and what holds it, how far it is, and its certificate. */
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import { certificateQuery, erasureQuery } from '@/api/cases';
import type { Erasure, ErasurePreview } from '@/api/contract';
import { ledgerKeyQuery, tasksQuery } from '@/api/queries';
import { t, tCode } from '@/i18n';
import { date, dateTime } from '@/i18n/format';
import { shortId } from '@/records/number';
import { ProblemState } from '@/records/ProblemState';
import css from '@/records/rights/case.module.css';
import { ErasureChart } from '@/records/rights/ErasureChart';
import { Proof } from '@/records/rights/Proof';
import { Button } from '@/ui/Button';
import { cx } from '@/ui/cx';
import { Icon } from '@/ui/Icon';
import { Sheet } from '@/ui/Sheet';
import { Skeleton } from '@/ui/State';
import { Tag } from '@/ui/Tag';
import { tones } from './ErasuresPage';

const route = getRouteApi('/app/erasures/$id');

export function ErasurePage() {
  const { id } = route.useParams();
  const erasure = useQuery(erasureQuery(id));
  return (
    <div className={css.page}>
      <p className={css.back}>
        <Link to="/erasures">
          <Icon name="back" size={18} />
          {t('erasures.back')}
        </Link>
      </p>
      {erasure.isPending && <Skeleton rows={5} label={t('loading')} />}
      {erasure.error && <ProblemState error={erasure.error} retry={() => void erasure.refetch()} />}
      {erasure.data && <Loaded erasure={erasure.data} />}
    </div>
  );
}

function Loaded({ erasure }: { erasure: Erasure }) {
  const [shown, setShown] = useState(false);
  const tasks = useQuery(tasksQuery('open'));
  const waits = tasks.data?.find((task) => task.target === erasure.id && task.decidable);
  return (
    <article>
      <header className={css.head}>
        <h1>
          {t('erasures.title')} <small>{shortId(erasure.id)}</small>
        </h1>
        <Tag tone={tones[erasure.state]}>{t(`erasures.state.${erasure.state}`)}</Tag>
      </header>
      <Steps erasure={erasure} />
      <div className={css.columns}>
        <div className={css.stack}>
          <ErasureChart
            preview={(erasure.preview ?? {}) as Partial<ErasurePreview>}
            done={erasure.state === 'done'}
          />
          <p className={css.tools}>
            {waits && (
              <Link to="/approvals" className={css.go}>
                <Icon name="approvals" size={18} />
                {t('erasures.to_approvals')}
              </Link>
            )}
            {erasure.certificate && (
              <Button look="primary" onClick={() => setShown(true)}>
                {t('erasures.certificate')}
              </Button>
            )}
          </p>
        </div>
        <section className={css.card}>
          <dl className={css.facts}>
            <Fact label={t('erasures.ground')}>{tCode('erasures.ground', erasure.ground)}</Fact>
            <Fact label={t('erasures.record')}>{shortId(erasure.record)}</Fact>
            <Fact label={t('erasures.requester')}>{erasure.requester?.name ?? '—'}</Fact>
            {erasure.approver && <Fact label={t('erasures.approver')}>{erasure.approver.name}</Fact>}
            {erasure.received_at && (
              <Fact label={t('erasures.received')}>{dateTime(erasure.received_at)}</Fact>
            )}
            {erasure.due_at && <Fact label={t('erasures.due')}>{date(erasure.due_at)}</Fact>}
            {erasure.refusal && <Fact label={t('erasures.refusal')}>{erasure.refusal}</Fact>}
          </dl>
        </section>
      </div>
      {shown && <CertificateSheet id={erasure.id} onClose={() => setShown(false)} />}
    </article>
  );
}

function Fact({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div>
      <dt>{label}</dt>
      <dd>{children}</dd>
    </div>
  );
}

/** Four steps; the last may lie in the future. */
function Steps({ erasure }: { erasure: Erasure }) {
  if (erasure.state === 'rejected') return null;
  const over = erasure.t1 ? Date.parse(erasure.t1) <= Date.now() : false;
  const steps = [
    { key: 'asked', done: true, at: erasure.received_at },
    { key: 'approved', done: erasure.state !== 'waiting', at: null },
    { key: 'live', done: Boolean(erasure.t0), at: erasure.t0 },
    { key: 'keys', done: over, at: erasure.t1 },
  ] as const;
  const now = steps.findIndex((step) => !step.done);
  return (
    <ol className={css.steps} aria-label={t('erasures.steps')}>
      {steps.map((step, at) => (
        <li
          key={step.key}
          className={cx(step.done && css.past, at === now && css.now)}
          aria-current={at === now ? 'step' : undefined}
        >
          <i aria-hidden="true">{step.done ? <Icon name="check" size={14} /> : at + 1}</i>
          <span>
            {t(`erasures.step.${step.key}`)}
            {step.at && (
              <small>
                {step.done ? dateTime(step.at) : t('erasures.step.keys.on', { time: date(step.at) })}
              </small>
            )}
          </span>
        </li>
      ))}
    </ol>
  );
}

function CertificateSheet({ id, onClose }: { id: string; onClose: () => void }) {
  const certificate = useQuery(certificateQuery(id));
  const key = useQuery(ledgerKeyQuery);
  const error = certificate.error ?? key.error;
  return (
    <Sheet title={t('proof.certificate')} closeWord={t('close')} onClose={onClose} wide>
      {(certificate.isPending || key.isPending) && !error && <Skeleton rows={3} label={t('loading')} />}
      {error && <ProblemState error={error} small />}
      {certificate.data && key.data && (
        <Proof note={certificate.data} signedBy={key.data} name={`erasure-${shortId(id)}`} />
      )}
    </Sheet>
  );
}
