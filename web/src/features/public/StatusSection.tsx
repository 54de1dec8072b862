/** How each request stands: four steps, a date, and the answer once there is one. */
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { GuestAnswer, GuestPage, GuestRequest } from '@/api/contract';
import { isProblem } from '@/api/problem';
import { queryClient } from '@/api/queries';
import { t, tCode } from '@/i18n';
import { date } from '@/i18n/format';
import { ProblemState } from '@/records/ProblemState';
import { problemText } from '@/records/problemText';
import { daysLeft, isSettled, stateTones } from '@/records/rights/clock';
import { Proof } from '@/records/rights/Proof';
import { save } from '@/records/rights/save';
import { Button } from '@/ui/Button';
import { cx } from '@/ui/cx';
import { Icon } from '@/ui/Icon';
import { Sheet } from '@/ui/Sheet';
import { Skeleton, State } from '@/ui/State';
import { Tag } from '@/ui/Tag';
import { CheckFields, CodeField, DigitsField, noProofs, shown } from './CheckFields';
import css from './public.module.css';
import { certificateQuery, fetchFile, pageQuery, readAnswer } from './queries';

const steps = ['received', 'identity', 'work', 'done'] as const;

/** The step that is going on, 0 to 3; 4 when all are done. */
function stepOf(request: GuestRequest): number {
  if (isSettled(request)) return 4;
  return request.state === 'identity' ? 1 : 2;
}

export function StatusSection({ link, page }: { link: string; page: GuestPage }) {
  const [reading, setReading] = useState<GuestRequest | null>(null);
  const [proving, setProving] = useState<GuestRequest | null>(null);
  return (
    <section className={css.section} aria-labelledby="public-status">
      <h2 id="public-status">{t('public.status')}</h2>
      {page.requests.length === 0 && (
        <div className={css.card}>
          <State small icon="clock" title={t('public.status.empty')} why={t('public.status.empty.why')} />
        </div>
      )}
      <ul className={css.list}>
        {page.requests.map((request) => (
          <li key={request.id} className={css.card}>
            <p className={css.line}>
              <b>{t(`rights.kind.${request.kind}`)}</b>
              <Tag tone={stateTones[request.state]}>{t(`rights.state.${request.state}`)}</Tag>
            </p>
            <Steps request={request} />
            <p className={css.small}>
              <span>{request.number}</span>
              {request.received_at && (
                <span>{t('public.status.received', { time: date(request.received_at) })}</span>
              )}
              <span>{dueText(request)}</span>
              {request.refusal && <span>{tCode('rights.refusal', request.refusal)}</span>}
            </p>
            {(request.readable || request.certificate) && (
              <p className={css.tools}>
                {request.readable && <Button onClick={() => setReading(request)}>{t('public.read')}</Button>}
                {request.certificate && (
                  <Button look="quiet" onClick={() => setProving(request)}>
                    {t('public.certificate')}
                  </Button>
                )}
              </p>
            )}
          </li>
        ))}
      </ul>
      {reading && (
        <AnswerSheet
          link={link}
          left={page.tries_left}
          request={reading}
          onClose={() => {
            setReading(null);
            void queryClient.invalidateQueries({ queryKey: pageQuery(link).queryKey });
          }}
        />
      )}
      {proving && (
        <CertificateSheet
          link={link}
          signedBy={page.key}
          request={proving}
          onClose={() => setProving(null)}
        />
      )}
    </section>
  );
}

function dueText(request: GuestRequest): string {
  if (isSettled(request))
    return request.answered_at ? t('public.status.answered', { time: date(request.answered_at) }) : '';
  if (!request.due_at) return '';
  const late = (daysLeft(request) ?? 0) < 0;
  return late ? t('public.status.late') : t('public.status.due', { time: date(request.due_at) });
}

function Steps({ request }: { request: GuestRequest }) {
  const now = stepOf(request);
  return (
    <ol className={css.steps}>
      {steps.map((step, at) => (
        <li
          key={step}
          className={cx(at < now && css.past, at === now && css.now)}
          aria-current={at === now ? 'step' : undefined}
        >
          <i aria-hidden="true">{at < now ? <Icon name="check" size={14} /> : at + 1}</i>
          {t(`public.step.${step}`)}
        </li>
      ))}
    </ol>
  );
}

function AnswerSheet({
  link,
  left: triesLeft,
  request,
  onClose,
}: {
  link: string;
  left: number;
  request: GuestRequest;
  onClose: () => void;
}) {
  const [proofs, setProofs] = useState(noProofs);
  const [copyCode, setCopyCode] = useState('');
  const [left, setLeft] = useState(triesLeft);
  const [answer, setAnswer] = useState<GuestAnswer | null>(null);
  const [error, setError] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const spent = left <= 0;

  async function attempt<T>(work: () => Promise<T>): Promise<T | null> {
    setBusy(true);
    setError(null);
    try {
      return await work();
    } catch (problem) {
      if (isProblem(problem, 'check_locked')) setLeft(0);
      if (isProblem(problem)) {
        const tries = problem.body.errors?.find((wrong) => wrong.facts?.left)?.facts?.left;
        if (tries !== undefined) setLeft(Number(tries));
      }
      setError(problemText(problem));
      return null;
    } finally {
      setBusy(false);
    }
  }
  async function open() {
    if (Object.keys(shown(proofs, spent)).length === 0) return setError(t('public.check.one'));
    const read = await attempt(() => readAnswer(link, request.id, shown(proofs, spent)));
    if (read) setAnswer(read);
  }
  async function download(part: string, name: string) {
    const file = await attempt(() =>
      fetchFile(link, request.id, part, { digits: proofs.digits, code: copyCode }),
    );
    if (file) save(file, name);
  }

  return (
    <Sheet
      title={t('public.read.title')}
      closeWord={t('close')}
      onClose={onClose}
      footer={
        answer || spent ? undefined : (
          <Button look="primary" busy={busy} onClick={() => void open()}>
            {t('public.read.open')}
          </Button>
        )
      }
    >
      {answer && (
        <>
          <p className={css.words}>{answer.text ?? t('public.read.nothing')}</p>
          {answer.files.length > 0 && (
            <>
              <p className={css.small}>{t('public.read.needs_both')}</p>
              <div className={css.pair}>
                <DigitsField value={proofs.digits} onChange={(digits) => setProofs({ ...proofs, digits })} />
                <CodeField label={t('public.check.copy_code')} value={copyCode} onChange={setCopyCode} />
              </div>
              <ul className={css.list}>
                {answer.files.map((file) => (
                  <li key={file.part}>
                    <Button
                      icon="download"
                      wide
                      busy={busy}
                      disabled={spent || !proofs.digits || !copyCode}
                      onClick={() => void download(file.part, file.name)}
                    >
                      {t('public.read.fetch', { name: file.name })}
                    </Button>
                  </li>
                ))}
              </ul>
            </>
          )}
        </>
      )}
      {!answer && (
        <CheckFields
          both={false}
          left={left}
          value={proofs}
          onChange={setProofs}
          error={error}
          byHand={false}
        />
      )}
      {answer && error && (
        <p className={css.error} role="alert">
          {error}
        </p>
      )}
    </Sheet>
  );
}

function CertificateSheet({
  link,
  signedBy,
  request,
  onClose,
}: {
  link: string;
  signedBy: string;
  request: GuestRequest;
  onClose: () => void;
}) {
  const certificate = useQuery(certificateQuery(link, request.id));
  return (
    <Sheet title={t('proof.certificate')} closeWord={t('close')} onClose={onClose} wide>
      {certificate.isPending && <Skeleton rows={3} label={t('loading')} />}
      {certificate.error && (
        <ProblemState error={certificate.error} retry={() => void certificate.refetch()} small />
      )}
      {certificate.data && <Proof note={certificate.data} signedBy={signedBy} name={request.number} />}
    </Sheet>
  );
}
