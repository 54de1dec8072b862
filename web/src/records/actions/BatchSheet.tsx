/**
 * Transfers or shares several records, one after another, and says of each whether it was done. Every one is judged and
 * logged by itself, so one that is refused holds nobody up; what was done stays done when it is stopped.
 */
import { useRef, useState } from 'react';
import { api, recordPath } from '@/api/client';
import type { KedunRecord, ObjectDef, PersonRef } from '@/api/contract';
import { refreshRecords } from '@/api/queries';
import { saySome, t } from '@/i18n';
import { Button } from '@/ui/Button';
import { Field } from '@/ui/Field';
import { Icon } from '@/ui/Icon';
import { TextArea, Tick } from '@/ui/Input';
import { Segments } from '@/ui/Segments';
import { Sheet } from '@/ui/Sheet';
import { problemText } from '../problemText';
import { titleOf } from '../title';
import css from './actions.module.css';
import { PersonField } from './PersonField';
import { bodyOf, freshTerms, missing, ShareTerms, type Terms, type TermsError } from './ShareTerms';

type Act = 'transfer' | 'share';
type Outcome = { done: true } | { done: false; why: string };
type Step = 'choose' | 'terms' | 'run';

const reasons = ['reason.workload', 'reason.region', 'reason.leave'] as const;

type Props = { object: ObjectDef; records: KedunRecord[]; onClose: () => void };

export function BatchSheet({ object, records, onClose }: Props) {
  const acts = (['transfer', 'share'] as const).filter((act) => object.verbs.includes(act));
  const [act, setAct] = useState<Act>(acts[0] ?? 'transfer');
  const [chosen, setChosen] = useState<string[]>([]);
  const [step, setStep] = useState<Step>('choose');
  const [batch, setBatch] = useState<KedunRecord[]>([]);
  const [to, setTo] = useState<PersonRef | null>(null);
  const [reason, setReason] = useState('');
  const [terms, setTerms] = useState<Terms>(freshTerms);
  const [termsError, setTermsError] = useState<TermsError | null>(null);
  const [error, setError] = useState<{ at: 'person' | 'reason'; text: string } | null>(null);
  const [results, setResults] = useState<Map<string, Outcome>>(new Map());
  const [running, setRunning] = useState(false);
  const stopped = useRef(false);

  const able = records.filter((record) => record.rights[act]);
  // What was chosen stays as it was: the list behind is loaded anew and may no longer hold it.
  const picked = step === 'choose' ? able.filter((record) => chosen.includes(record.id)) : batch;
  const waiting = picked.filter((record) => !results.get(record.id)?.done);
  const done = [...results.values()].filter((outcome) => outcome.done).length;

  function ready(): boolean {
    if (act === 'share') {
      const lacking = missing(terms);
      setTermsError(lacking);
      return lacking === null;
    }
    if (!to) setError({ at: 'person', text: t('act.person_needed') });
    else if (reason.trim() === '') setError({ at: 'reason', text: t('act.reason_needed') });
    else {
      setError(null);
      return true;
    }
    return false;
  }

  async function run() {
    if (running || !ready()) return;
    setStep('run');
    setRunning(true);
    stopped.current = false;
    const done: string[] = [];
    for (const record of waiting) {
      if (stopped.current) break;
      const path = recordPath(record.object, record.id);
      let outcome: Outcome = { done: true };
      try {
        if (act === 'transfer') await api.post(`${path}/transfers`, { to: to?.id, reason: reason.trim() });
        else await api.post(`${path}/shares`, bodyOf(terms));
        done.push(record.id);
      } catch (problem) {
        outcome = { done: false, why: problemText(problem) };
      }
      setResults((old) => new Map(old).set(record.id, outcome));
    }
    setRunning(false);
    refreshRecords(object.name, done);
  }

  const footer = {
    choose: (
      <Button
        look="primary"
        disabled={picked.length === 0}
        onClick={() => {
          setBatch(picked);
          setStep('terms');
        }}
      >
        {t('batch.next', { n: picked.length })}
      </Button>
    ),
    terms: (
      <>
        <Button onClick={() => setStep('choose')}>{t('back')}</Button>
        <Button look="primary" onClick={() => void run()}>
          {t(`batch.run.${act}`, { n: picked.length })}
        </Button>
      </>
    ),
    run: running ? (
      <Button
        onClick={() => {
          stopped.current = true;
        }}
      >
        {t('batch.stop')}
      </Button>
    ) : (
      <>
        {waiting.length > 0 && (
          <Button onClick={() => void run()}>{t('batch.again', { n: waiting.length })}</Button>
        )}
        <Button look="primary" onClick={onClose}>
          {t('done')}
        </Button>
      </>
    ),
  }[step];

  return (
    <Sheet
      title={t('batch.title', { object: saySome(object.label) })}
      closeWord={t('close')}
      onClose={() => {
        stopped.current = true;
        onClose();
      }}
      footer={footer}
      wide
    >
      {step === 'choose' && (
        <>
          {acts.length > 1 && (
            <Segments<Act>
              label={t('batch.act')}
              options={acts.map((key) => ({ key, label: t(`action.${key}`) }))}
              value={act}
              onChange={setAct}
            />
          )}
          <p className={css.faint}>{t('batch.choose', { n: able.length })}</p>
          <ul className={css.choices}>
            {able.length > 0 && (
              <li>
                <Tick
                  checked={picked.length === able.length}
                  onChange={(event) => setChosen(event.target.checked ? able.map((record) => record.id) : [])}
                >
                  <b>{t('batch.all')}</b>
                </Tick>
              </li>
            )}
            {able.map((record) => (
              <li key={record.id}>
                <Tick
                  checked={chosen.includes(record.id)}
                  onChange={(event) =>
                    setChosen(
                      event.target.checked ? [...chosen, record.id] : chosen.filter((id) => id !== record.id),
                    )
                  }
                >
                  {titleOf(record)} <small className={css.faint}>{record.owner?.name}</small>
                </Tick>
              </li>
            ))}
          </ul>
        </>
      )}
      {step === 'terms' &&
        (act === 'share' ? (
          <>
            <p>{t('share.consequence')}</p>
            <ShareTerms terms={terms} onChange={setTerms} error={termsError} />
          </>
        ) : (
          <>
            <p>{t('transfer.consequence')}</p>
            <PersonField
              id="batch-to"
              label={t('transfer.to')}
              value={to}
              error={error?.at === 'person' ? error.text : null}
              onChange={setTo}
            />
            <Segments
              look="chips"
              label={t('act.reason')}
              options={reasons.map((key) => ({ key: t(key), label: t(key) }))}
              value={reason}
              onChange={setReason}
            />
            <Field
              id="batch-reason"
              label={t('act.reason')}
              error={error?.at === 'reason' ? error.text : null}
            >
              {(control) => (
                <TextArea
                  {...control}
                  value={reason}
                  maxLength={200}
                  onChange={(event) => setReason(event.target.value)}
                />
              )}
            </Field>
          </>
        ))}
      {step === 'run' && (
        <>
          <p role="status">
            {t('batch.progress', { done, total: picked.length })}
            <progress className={css.bar} value={results.size} max={picked.length} />
          </p>
          <ul className={css.results}>
            {picked.map((record) => {
              const outcome = results.get(record.id);
              return (
                <li key={record.id}>
                  <span className={outcome ? (outcome.done ? css.ok : css.no) : css.faint}>
                    <Icon name={outcome ? (outcome.done ? 'check' : 'close') : 'clock'} size={18} />
                    <span className="sr">
                      {t(outcome ? (outcome.done ? 'batch.done' : 'batch.refused') : 'batch.waiting')}
                    </span>
                  </span>
                  <span>
                    {titleOf(record)}
                    {outcome && !outcome.done && <small className={css.no}>{outcome.why}</small>}
                  </span>
                </li>
              );
            })}
          </ul>
        </>
      )}
    </Sheet>
  );
}
