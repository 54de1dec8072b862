/** Adding and withdrawing a consent of a customer or a lead, and registering what a customer asked for. */
import { useState } from 'react';
import { api, recordPath, seg } from '@/api/client';
import type { Basis, Channel, Consent, KedunRecord, RightsRequest } from '@/api/contract';
import { isProblem, Problem } from '@/api/problem';
import { queryClient } from '@/api/queries';
import { t } from '@/i18n';
import { useHere } from '@/records/form/useHere';
import { useKeptText } from '@/records/form/useKeptText';
import { ChannelField } from '@/records/intake/ChannelField';
import { FoldedNotice, useShownNotice } from '@/records/intake/FoldedNotice';
import { problemText, toastProblem } from '@/records/problemText';
import { Button } from '@/ui/Button';
import { Field } from '@/ui/Field';
import { Select, TextArea, Tick } from '@/ui/Input';
import { Segments } from '@/ui/Segments';
import { Sheet } from '@/ui/Sheet';
import { toast } from '@/ui/toast';
import css from './RightsTab.module.css';

type Props = { id: string; onClose: () => void };
type OfRecord = { record: KedunRecord; onClose: () => void };

function refresh(id: string) {
  void queryClient.invalidateQueries({ queryKey: ['consents', id] });
  void queryClient.invalidateQueries({ queryKey: ['rights'] });
}

const ways = ['phone', 'email', 'in_person', 'letter'] as const;
type Way = (typeof ways)[number];
const reasons = ['not_said', 'no_need', 'too_much_contact', 'left_position', 'distrust'] as const;

export function WithdrawSheet({ record, consent, onClose }: OfRecord & { consent: Consent }) {
  const [channel, setChannel] = useState<Way>('phone');
  const [reason, setReason] = useState<(typeof reasons)[number]>('not_said');
  const [error, setError] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const here = useHere();
  async function run() {
    setBusy(true);
    setError(null);
    try {
      const path = `${recordPath(record.object, record.id)}/consents/${seg(consent.id)}/withdrawal`;
      await api.post(path, { channel, reason });
      toast(t('desk.withdraw.done'));
      refresh(record.id);
      if (here.current) onClose();
    } catch (problem) {
      if (!here.current) toastProblem(problem);
      setError(problemText(problem));
      setBusy(false);
    }
  }
  return (
    <Sheet
      title={t('desk.withdraw.title')}
      closeWord={t('close')}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{t('cancel')}</Button>
          <Button look="danger" busy={busy} onClick={() => void run()}>
            {t('desk.withdraw')}
          </Button>
        </>
      }
    >
      <p>{t('desk.withdraw.what')}</p>
      <div className={css.choice}>
        <p aria-hidden="true">{t('desk.withdraw.channel')}</p>
        <Segments
          look="chips"
          label={t('desk.withdraw.channel')}
          options={ways.map((key) => ({ key, label: t(`rights.channel.${key}`) }))}
          value={channel}
          onChange={setChannel}
        />
      </div>
      <Field id="withdraw-reason" label={t('desk.withdraw.reason')}>
        {(control) => (
          <Select
            {...control}
            value={reason}
            onChange={(event) => setReason(event.target.value as typeof reason)}
          >
            {reasons.map((key) => (
              <option key={key} value={key}>
                {t(`desk.reason.${key}`)}
              </option>
            ))}
          </Select>
        )}
      </Field>
      {error && (
        <p className={css.error} role="alert">
          {error}
        </p>
      )}
    </Sheet>
  );
}

const kinds = ['copy', 'correction', 'erasure', 'complaint'] as const;

export function RegisterSheet({ id, onClose }: Props) {
  const [kind, setKind] = useState<(typeof kinds)[number]>('copy');
  const [channel, setChannel] = useState<Way>('phone');
  const [text, setText, dropText] = useKeptText(`register:${id}`);
  const [error, setError] = useState<string | null>(null);
  const [wrong, setWrong] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const here = useHere();
  const wordy = kind === 'correction' || kind === 'complaint';
  async function run() {
    if (wordy && text.trim() === '') return setWrong(t('form.required'));
    setBusy(true);
    setError(null);
    setWrong(null);
    try {
      const made = await api.post<RightsRequest>(`${recordPath('customer', id)}/rights_requests`, {
        kind,
        channel,
        ...(text.trim() ? { text: text.trim() } : {}),
      });
      dropText();
      toast(t('desk.register.done', { number: made.number }));
      refresh(id);
      if (here.current) onClose();
    } catch (problem) {
      if (!here.current) toastProblem(problem);
      const about = isProblem(problem) ? problem.forField('text') : null;
      if (about) setWrong(about);
      else setError(problemText(problem));
      setBusy(false);
    }
  }
  return (
    <Sheet
      title={t('desk.register')}
      closeWord={t('close')}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{t('cancel')}</Button>
          <Button look="primary" busy={busy} onClick={() => void run()}>
            {t('desk.register')}
          </Button>
        </>
      }
    >
      <p>{t('desk.register.what')}</p>
      <div className={css.choice}>
        <p aria-hidden="true">{t('desk.register.kind')}</p>
        <Segments
          look="chips"
          label={t('desk.register.kind')}
          options={kinds.map((key) => ({ key, label: t(`rights.kind.${key}`) }))}
          value={kind}
          onChange={setKind}
        />
      </div>
      <div className={css.choice}>
        <p aria-hidden="true">{t('desk.withdraw.channel')}</p>
        <Segments
          look="chips"
          label={t('desk.withdraw.channel')}
          options={ways.map((key) => ({ key, label: t(`rights.channel.${key}`) }))}
          value={channel}
          onChange={setChannel}
        />
      </div>
      <Field
        id="register-text"
        label={t('desk.register.text')}
        required={wordy}
        requiredWord={t('form.required_mark')}
        error={wrong}
      >
        {(control) => (
          <TextArea
            {...control}
            rows={4}
            maxLength={2000}
            value={text}
            onChange={(event) => setText(event.target.value)}
          />
        )}
      </Field>
      {error && (
        <p className={css.error} role="alert">
          {error}
        </p>
      )}
    </Sheet>
  );
}

const purposes = ['sales_contact', 'after_sales_service'] as const;
const bases: Basis[] = ['consent', 'contract', 'legal_duty', 'public'];

/** The notice that is shown is the one that is recorded; what was not agreed to is not ticked. */
export function AddConsentSheet({ record, onClose }: OfRecord) {
  const [purpose, setPurpose] = useState<(typeof purposes)[number]>('sales_contact');
  const [basis, setBasis] = useState<Basis>('consent');
  const [channel, setChannel] = useState<Channel>('in_person');
  const [ticked, setTicked] = useState({ notice: '', collect: false, sensitive: false });
  const [error, setError] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const here = useHere();
  const { notice, shown } = useShownNotice(purpose);
  // What was agreed to was agreed to under the notice that stood there; under another one it is asked for anew.
  const stands = ticked.notice === shown;
  const { collect, sensitive } = stands ? ticked : { collect: false, sensitive: false };
  const tick = (more: { collect: boolean } | { sensitive: boolean }) =>
    setTicked({ collect, sensitive, ...more, notice: shown });
  async function run() {
    if (!notice.data) return;
    if (!collect && !sensitive) return setError(t('form.required'));
    setBusy(true);
    setError(null);
    try {
      await api.post(`${recordPath(record.object, record.id)}/consents`, {
        notice: { id: notice.data.id, version: notice.data.version },
        purpose,
        basis,
        channel,
        consents: [
          { kind: 'collect', given: collect },
          { kind: 'sensitive', given: sensitive },
        ],
      });
      toast(t('desk.consents.added'));
      refresh(record.id);
      if (here.current) onClose();
    } catch (problem) {
      if (!here.current) toastProblem(problem);
      setError(problemText(problem));
      setBusy(false);
      // A newer notice is in force: show that one.
      if (problem instanceof Problem && problem.body.errors?.some(({ code }) => code === 'notice_outdated'))
        void queryClient.invalidateQueries({ queryKey: ['notice'] });
    }
  }
  return (
    <Sheet
      title={t('desk.consents.add.title')}
      closeWord={t('close')}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{t('cancel')}</Button>
          <Button look="primary" busy={busy} disabled={!notice.data} onClick={() => void run()}>
            {t('desk.consents.add')}
          </Button>
        </>
      }
    >
      <Field id="consent-purpose" label={t('desk.consents.purpose')}>
        {(control) => (
          <Select
            {...control}
            value={purpose}
            onChange={(event) => {
              setPurpose(event.target.value as typeof purpose);
              setTicked({ notice: '', collect: false, sensitive: false });
            }}
          >
            {purposes.map((key) => (
              <option key={key} value={key}>
                {t(`desk.purpose.${key}`)}
              </option>
            ))}
          </Select>
        )}
      </Field>
      <FoldedNotice notice={notice} />
      <div className={css.pair}>
        <Field id="consent-basis" label={t('notice.basis')}>
          {(control) => (
            <Select {...control} value={basis} onChange={(event) => setBasis(event.target.value as Basis)}>
              {bases.map((key) => (
                <option key={key} value={key}>
                  {t(`basis.${key}`)}
                </option>
              ))}
            </Select>
          )}
        </Field>
        <ChannelField id="consent-channel" value={channel} onChange={setChannel} />
      </div>
      <Tick
        checked={collect}
        disabled={!notice.data}
        onChange={(event) => tick({ collect: event.target.checked })}
      >
        {t('consent.kind.collect')}
      </Tick>
      <Tick
        checked={sensitive}
        disabled={!notice.data}
        onChange={(event) => tick({ sensitive: event.target.checked })}
      >
        {t('consent.kind.sensitive')}
      </Tick>
      {error && (
        <p className={css.error} role="alert">
          {error}
        </p>
      )}
    </Sheet>
  );
}
