/** What is done about a request, each with its consequence said first. */
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { erasurePreviewQuery, rightsOneQuery } from '@/api/cases';
import { api, seg } from '@/api/client';
import type { RightsDetail } from '@/api/contract';
import { isProblem } from '@/api/problem';
import { queryClient } from '@/api/queries';
import { t, tCode } from '@/i18n';
import { useHere } from '@/records/form/useHere';
import { useKeptText } from '@/records/form/useKeptText';
import { ProblemState } from '@/records/ProblemState';
import { problemText, toastProblem } from '@/records/problemText';
import css from '@/records/rights/case.module.css';
import { ErasureChart } from '@/records/rights/ErasureChart';
import { Button } from '@/ui/Button';
import { Field } from '@/ui/Field';
import { Select, TextArea } from '@/ui/Input';
import { Segments } from '@/ui/Segments';
import { Sheet } from '@/ui/Sheet';
import { Skeleton } from '@/ui/State';
import { toast } from '@/ui/toast';
import type { Pickup } from './CallBack';

export type DeskAct = 'identify' | 'answer' | 'refuse' | 'erase' | 'decide';

const hows = ['called_back', 'in_person', 'document', 'known'] as const;
const grounds = [
  'not_verified',
  'retention_duty',
  'not_held',
  'others_rights',
  'confirmed_correct',
  'other_law',
] as const;
const erasureGrounds = [
  'consent_withdrawn',
  'purpose_done',
  'service_ended',
  'unlawful',
  'other_law',
] as const;

export function ActSheet({
  act,
  request,
  onCode,
  onClose,
}: {
  act: DeskAct;
  request: RightsDetail;
  /** A copy was made: its code is shown this once. */
  onCode: (pickup: Pickup) => void;
  onClose: () => void;
}) {
  const [text, setText, dropText] = useKeptText(`rights:${request.id}:${act}`);
  const [how, setHow] = useState<(typeof hows)[number]>('called_back');
  const [ground, setGround] = useState<string>(act === 'erase' ? 'consent_withdrawn' : 'not_verified');
  const [error, setError] = useState<string | null>(null);
  const [busy, setBusy] = useState<string | null>(null);
  const here = useHere();
  const copy = act === 'answer' && request.kind === 'copy';

  async function send(path: string, body: unknown, key = 'go') {
    setBusy(key);
    setError(null);
    try {
      const reply = await api.post<RightsDetail>(`/rights_requests/${seg(request.id)}/${path}`, body);
      dropText();
      const { copy_code: code, left_out: leftOut, ...next } = reply;
      await queryClient.invalidateQueries({ queryKey: ['rights'] });
      void queryClient.invalidateQueries({ queryKey: ['erasures'] });
      void queryClient.invalidateQueries({ queryKey: ['tasks'] });
      void queryClient.invalidateQueries({ queryKey: ['record', 'customer'] });
      queryClient.setQueryData(rightsOneQuery(request.id).queryKey, next);
      toast(t('rights.done'));
      if (here.current) onClose();
      if (code) onCode({ code, leftOut });
    } catch (problem) {
      if (!here.current) toastProblem(problem);
      setBusy(null);
      setError((isProblem(problem) && problem.forField('text')) || problemText(problem));
    }
  }
  function go() {
    if (act === 'identify') return void send('identity', { how });
    if (act === 'answer') return void send('answers', text.trim() ? { text: text.trim() } : {});
    if (act === 'refuse') return void send('refusals', { ground, text: text.trim() });
    return void send('erasures', { ground, ...(text.trim() ? { note: text.trim() } : {}) });
  }
  const decide = (decision: 'approve' | 'reject') =>
    send('decisions', { decision, hash: request.proposal?.hash, comment: text.trim() || null }, decision);

  const words = (label: string, required: boolean, most = 2000) => (
    <Field
      id="desk-text"
      label={label}
      required={required}
      requiredWord={t('form.required_mark')}
      error={error}
    >
      {(control) => (
        <TextArea
          {...control}
          rows={5}
          maxLength={most}
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
      )}
    </Field>
  );

  return (
    <Sheet
      title={act === 'answer' ? tCode('rights.act.answer', request.kind) : t(`rights.act.${act}`)}
      closeWord={t('close')}
      onClose={onClose}
      footer={
        act === 'decide' ? (
          <>
            <Button
              look="danger"
              busy={busy === 'reject'}
              disabled={busy !== null}
              onClick={() => void decide('reject')}
            >
              {t('rights.act.reject')}
            </Button>
            <Button
              look="primary"
              busy={busy === 'approve'}
              disabled={busy !== null}
              onClick={() => void decide('approve')}
            >
              {t('rights.act.approve')}
            </Button>
          </>
        ) : (
          <>
            <Button onClick={onClose}>{t('cancel')}</Button>
            <Button
              look={act === 'refuse' || act === 'erase' ? 'danger' : 'primary'}
              busy={busy !== null}
              onClick={go}
            >
              {act === 'answer' ? tCode('rights.act.answer', request.kind) : t(`rights.act.${act}`)}
            </Button>
          </>
        )
      }
    >
      {act === 'identify' && (
        <>
          <p>{t('rights.act.identify.what')}</p>
          <Segments
            look="chips"
            label={t('rights.identity')}
            options={hows.map((key) => ({ key, label: t(`rights.identity.${key}`) }))}
            value={how}
            onChange={setHow}
          />
          {error && (
            <p className={css.error} role="alert">
              {error}
            </p>
          )}
        </>
      )}
      {act === 'answer' && (
        <>
          {copy && <p>{t('rights.act.answer.copy.what')}</p>}
          {words(t('rights.act.answer.text'), !copy)}
        </>
      )}
      {act === 'refuse' && (
        <>
          <p>{t('rights.act.refuse.what')}</p>
          <Field id="desk-ground" label={t('rights.act.refuse.ground')}>
            {(control) => (
              <Select {...control} value={ground} onChange={(event) => setGround(event.target.value)}>
                {grounds.map((key) => (
                  <option key={key} value={key}>
                    {t(`rights.refusal.${key}`)}
                  </option>
                ))}
              </Select>
            )}
          </Field>
          {words(t('rights.act.refuse.text'), true)}
        </>
      )}
      {act === 'erase' && (
        <>
          <p>{t('rights.act.erase.what')}</p>
          <WhatGoes customer={request.customer.id} />
          <Field id="desk-ground" label={t('erasures.ground')}>
            {(control) => (
              <Select {...control} value={ground} onChange={(event) => setGround(event.target.value)}>
                {erasureGrounds.map((key) => (
                  <option key={key} value={key}>
                    {t(`erasures.ground.${key}`)}
                  </option>
                ))}
              </Select>
            )}
          </Field>
          {words(t('erasures.note_label'), false, 200)}
        </>
      )}
      {act === 'decide' && words(t('rights.act.comment'), false)}
    </Sheet>
  );
}

function WhatGoes({ customer }: { customer: string }) {
  const preview = useQuery(erasurePreviewQuery(customer));
  if (preview.isPending) return <Skeleton rows={2} label={t('loading')} />;
  if (preview.error) return <ProblemState error={preview.error} retry={() => void preview.refetch()} small />;
  return <ErasureChart preview={preview.data} done={false} />;
}
