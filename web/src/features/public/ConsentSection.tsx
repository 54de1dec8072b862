/** What the customer agreed to: each with its receipt, each to be withdrawn in two taps. */
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { GuestConsent, GuestPage } from '@/api/contract';
import { queryClient } from '@/api/queries';
import { say, t, tCode } from '@/i18n';
import { date } from '@/i18n/format';
import { ProblemState } from '@/records/ProblemState';
import { problemText } from '@/records/problemText';
import { Proof } from '@/records/rights/Proof';
import { Button } from '@/ui/Button';
import { Sheet } from '@/ui/Sheet';
import { Skeleton, State } from '@/ui/State';
import { Tag } from '@/ui/Tag';
import { toast } from '@/ui/toast';
import css from './public.module.css';
import { pageQuery, receiptQuery, withdraw } from './queries';

export function ConsentSection({ link, page }: { link: string; page: GuestPage }) {
  const [receipt, setReceipt] = useState<GuestConsent | null>(null);
  const [leaving, setLeaving] = useState<GuestConsent | null>(null);
  return (
    <section className={css.section} aria-labelledby="public-consents">
      <h2 id="public-consents">{t('public.consents')}</h2>
      {page.consents.length === 0 && (
        <div className={css.card}>
          <State
            small
            icon="approvals"
            title={t('public.consents.empty')}
            why={t('public.consents.empty.why')}
          />
        </div>
      )}
      <ul className={css.list}>
        {page.consents.map((consent) => (
          <li key={consent.id} className={css.card}>
            <p className={css.line}>
              <b>{consent.title ? say(consent.title) : tCode('desk.purpose', consent.purpose)}</b>
              <Tag tone={consent.withdrawn_at ? 'grey' : 'jade'}>
                {consent.withdrawn_at ? t('consents.withdrawn') : t('public.in_force')}
              </Tag>
            </p>
            <p className={css.small}>
              {tCode('consent.kind', consent.kind)} ·{' '}
              {consent.withdrawn_at
                ? t('public.withdrawn', { time: date(consent.withdrawn_at) })
                : t('public.given', {
                    time: consent.given_at ? date(consent.given_at) : '—',
                    channel: tCode('channel', consent.channel ?? '—'),
                  })}
            </p>
            <p className={css.tools}>
              <Button onClick={() => setReceipt(consent)}>{t('public.receipt')}</Button>
              {!consent.withdrawn_at && (
                <Button look="quiet" onClick={() => setLeaving(consent)}>
                  {t('public.withdraw')}
                </Button>
              )}
            </p>
          </li>
        ))}
      </ul>
      {receipt && (
        <ReceiptSheet link={link} signedBy={page.key} consent={receipt} onClose={() => setReceipt(null)} />
      )}
      {leaving && <WithdrawSheet link={link} consent={leaving} onClose={() => setLeaving(null)} />}
    </section>
  );
}

function ReceiptSheet({
  link,
  signedBy,
  consent,
  onClose,
}: {
  link: string;
  signedBy: string;
  consent: GuestConsent;
  onClose: () => void;
}) {
  const receipt = useQuery(receiptQuery(link, consent.id));
  return (
    <Sheet title={t('proof.title')} closeWord={t('close')} onClose={onClose} wide>
      {receipt.isPending && <Skeleton rows={3} label={t('loading')} />}
      {receipt.error && <ProblemState error={receipt.error} retry={() => void receipt.refetch()} small />}
      {receipt.data && <Proof note={receipt.data} signedBy={signedBy} name={`consent-${consent.purpose}`} />}
    </Sheet>
  );
}

function WithdrawSheet({
  link,
  consent,
  onClose,
}: {
  link: string;
  consent: GuestConsent;
  onClose: () => void;
}) {
  const leave = useMutation({
    mutationFn: () => withdraw(link, consent.id),
    onSuccess: (page) => {
      queryClient.setQueryData(pageQuery(link).queryKey, page);
      toast(t('public.withdraw.done'));
      onClose();
    },
  });
  return (
    <Sheet
      title={t('public.withdraw.title')}
      closeWord={t('close')}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{t('cancel')}</Button>
          <Button look="danger" busy={leave.isPending} onClick={() => leave.mutate()}>
            {t('public.withdraw.yes')}
          </Button>
        </>
      }
    >
      <p>
        <b>{consent.title ? say(consent.title) : tCode('desk.purpose', consent.purpose)}</b>
      </p>
      <p>{t('public.withdraw.what')}</p>
      {leave.error && (
        <p className={css.error} role="alert">
          {problemText(leave.error)}
        </p>
      )}
    </Sheet>
  );
}
