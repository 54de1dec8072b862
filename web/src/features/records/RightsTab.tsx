/**
 * 授权与权利: consents with their receipts; of a customer also what they asked for, and the link to their own page.
 * A lead has no page of its own: what they ask for is registered once they are a customer.
 */
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { linksQuery, receiptQuery, rightsOfQuery } from '@/api/cases';
import { api, recordPath, seg } from '@/api/client';
import type { Consent, CustomerLink, KedunRecord } from '@/api/contract';
import { consentsQuery, ledgerKeyQuery, meQuery, queryClient } from '@/api/queries';
import { t, tCode } from '@/i18n';
import { date } from '@/i18n/format';
import { CUSTOMER } from '@/path';
import { ProblemState } from '@/records/ProblemState';
import { toastProblem } from '@/records/problemText';
import { daysLeft, leftText, leftTone, stateTones } from '@/records/rights/clock';
import { Proof } from '@/records/rights/Proof';
import { Button } from '@/ui/Button';
import { Icon } from '@/ui/Icon';
import { Sheet } from '@/ui/Sheet';
import { Skeleton } from '@/ui/State';
import { Tag } from '@/ui/Tag';
import { toast } from '@/ui/toast';
import { AddConsentSheet, RegisterSheet, WithdrawSheet } from './RightsSheets';
import css from './RightsTab.module.css';
import { SendLinkSheet } from './SendLinkSheet';

type Open = 'add' | 'register' | 'link' | { receipt: Consent } | { withdraw: Consent } | null;

export function RightsTab({ record }: { record: KedunRecord }) {
  const [open, setOpen] = useState<Open>(null);
  const close = () => setOpen(null);
  const edit = record.rights.edit;
  const answers = useQuery(meQuery).data?.acts.includes('rights.answer') ?? false;
  const customer = record.object === CUSTOMER;
  return (
    <div className={css.rights}>
      <Consents record={record} onOpen={setOpen} />
      {customer && <Requests id={record.id} mayRegister={edit || answers} onOpen={setOpen} />}
      {customer && edit && <Links id={record.id} onMake={() => setOpen('link')} />}
      {open === 'add' && <AddConsentSheet record={record} onClose={close} />}
      {open === 'register' && <RegisterSheet id={record.id} onClose={close} />}
      {open === 'link' && <SendLinkSheet id={record.id} onClose={close} />}
      {open !== null && typeof open === 'object' && 'receipt' in open && (
        <ReceiptSheet record={record} consent={open.receipt} onClose={close} />
      )}
      {open !== null && typeof open === 'object' && 'withdraw' in open && (
        <WithdrawSheet record={record} consent={open.withdraw} onClose={close} />
      )}
    </div>
  );
}

type Part = { id: string; mayRegister: boolean; onOpen: (open: Open) => void };

function Consents({ record, onOpen }: { record: KedunRecord; onOpen: (open: Open) => void }) {
  const consents = useQuery(consentsQuery(record.object, record.id));
  const edit = record.rights.edit;
  // Whoever is on the telephone writes down that a consent is taken back, also who may change nothing else.
  return (
    <section className={css.part} aria-labelledby="rights-consents">
      <header>
        <h2 id="rights-consents">{t('desk.consents')}</h2>
        {edit && (
          <Button small icon="plus" onClick={() => onOpen('add')}>
            {t('desk.consents.add')}
          </Button>
        )}
      </header>
      <p className={css.note}>{t('desk.consents.note')}</p>
      {consents.isPending && <Skeleton rows={2} label={t('loading')} />}
      {consents.error && <ProblemState error={consents.error} retry={() => void consents.refetch()} small />}
      {consents.data?.length === 0 && <p className={css.note}>{t('desk.consents.empty')}</p>}
      <ul>
        {consents.data?.map((consent) => (
          <li key={consent.id} className={css.item}>
            <div className={css.words}>
              <p className={css.line}>
                <b>{tCode('consent.kind', consent.kind ?? '—')}</b>
                <Tag tone={consent.withdrawn_at ? 'grey' : 'jade'}>
                  {consent.withdrawn_at ? t('consents.withdrawn') : t('consents.given')}
                </Tag>
              </p>
              <p className={css.note}>
                {tCode('desk.purpose', consent.purpose ?? '—')} ·{' '}
                {t('consents.line', {
                  basis: tCode('basis', consent.basis ?? '—'),
                  channel: tCode('channel', consent.channel ?? '—'),
                  date: consent.given_at ? date(consent.given_at) : '—',
                })}
              </p>
              {consent.withdrawn_at && (
                <p className={css.note}>
                  {t('desk.withdrawn_line', {
                    time: date(consent.withdrawn_at),
                    channel: tCode('rights.channel', consent.withdrawn_through ?? '—'),
                  })}
                </p>
              )}
            </div>
            <div className={css.tools}>
              <Button small onClick={() => onOpen({ receipt: consent })}>
                {t('desk.receipt')}
              </Button>
              {!record.rights.shown_only && !consent.withdrawn_at && (
                <Button small look="quiet" onClick={() => onOpen({ withdraw: consent })}>
                  {t('desk.withdraw')}
                </Button>
              )}
            </div>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Requests({ id, mayRegister, onOpen }: Part) {
  const requests = useQuery(rightsOfQuery(id));
  return (
    <section className={css.part} aria-labelledby="rights-requests">
      <header>
        <h2 id="rights-requests">{t('desk.requests')}</h2>
        {mayRegister && (
          <Button small icon="plus" onClick={() => onOpen('register')}>
            {t('desk.register')}
          </Button>
        )}
      </header>
      {requests.isPending && <Skeleton rows={1} label={t('loading')} />}
      {requests.error && <ProblemState error={requests.error} retry={() => void requests.refetch()} small />}
      {requests.data?.length === 0 && <p className={css.note}>{t('desk.requests.empty')}</p>}
      <ul>
        {requests.data?.map((request) => {
          const left = daysLeft(request);
          return (
            <li key={request.id}>
              <Link to="/rights/$id" params={{ id: request.id }} className={css.go}>
                <span className={css.words}>
                  <span className={css.line}>
                    <b>{t(`rights.kind.${request.kind}`)}</b>
                    <Tag tone={stateTones[request.state]}>{t(`rights.state.${request.state}`)}</Tag>
                    {left !== null && <Tag tone={leftTone(left)}>{leftText(left)}</Tag>}
                  </span>
                  <span className={css.note}>
                    {request.number} · {tCode('rights.channel', request.channel)}
                    {request.received_at && ` · ${date(request.received_at)}`}
                  </span>
                </span>
                <Icon name="next" size={18} />
              </Link>
            </li>
          );
        })}
      </ul>
    </section>
  );
}

function Links({ id, onMake }: { id: string; onMake: () => void }) {
  const links = useQuery(linksQuery(id));
  return (
    <section className={css.part} aria-labelledby="rights-links">
      <header>
        <h2 id="rights-links">{t('desk.links')}</h2>
        <Button small look="primary" icon="out" onClick={onMake}>
          {t('desk.links.make')}
        </Button>
      </header>
      <p className={css.note}>{t('desk.links.note')}</p>
      {links.isPending && <Skeleton rows={1} label={t('loading')} />}
      {links.error && <ProblemState error={links.error} retry={() => void links.refetch()} small />}
      {links.data?.length === 0 && <p className={css.note}>{t('desk.links.empty')}</p>}
      <ul>
        {links.data?.map((link) => (
          <LinkRow key={link.id} customer={id} link={link} />
        ))}
      </ul>
    </section>
  );
}

function LinkRow({ customer, link }: { customer: string; link: CustomerLink }) {
  const [busy, setBusy] = useState(false);
  const expired = Date.parse(link.expires_at) <= Date.now();
  const live = !link.ended_at && !expired && !link.lapsed;
  async function end() {
    setBusy(true);
    try {
      await api.delete(`${recordPath('customer', customer)}/links/${seg(link.id)}`);
      toast(t('desk.links.ended'));
    } catch (problem) {
      toastProblem(problem);
    }
    setBusy(false);
    void queryClient.invalidateQueries({ queryKey: ['links', customer] });
  }
  const closed = link.lapsed ? 'lapsed' : link.locked ? 'locked' : 'live';
  const state = link.ended_at ? 'ended' : expired ? 'expired' : closed;
  return (
    <li className={css.item}>
      <div className={css.words}>
        <p className={css.line}>
          <Tag tone={state === 'live' ? 'jade' : state === 'locked' ? 'amber' : 'grey'}>
            {t(`desk.links.${state}`)}
          </Tag>
          <span>{t('desk.links.opened', { n: link.opened })}</span>
        </p>
        <p className={css.note}>
          {t('desk.links.line', {
            name: link.made_by.name ?? '—',
            made: date(link.made_at),
            until: date(link.expires_at),
          })}
        </p>
      </div>
      {live && (
        <div className={css.tools}>
          <Button small look="quiet" busy={busy} onClick={() => void end()}>
            {t('desk.links.end')}
          </Button>
        </div>
      )}
    </li>
  );
}

type OfConsent = { record: KedunRecord; consent: Consent; onClose: () => void };

function ReceiptSheet({ record, consent, onClose }: OfConsent) {
  const receipt = useQuery(receiptQuery(record.object, record.id, consent.id));
  const key = useQuery(ledgerKeyQuery);
  const error = receipt.error ?? key.error;
  return (
    <Sheet title={t('proof.title')} closeWord={t('close')} onClose={onClose} wide>
      {!error && (receipt.isPending || key.isPending) && <Skeleton rows={3} label={t('loading')} />}
      {error && <ProblemState error={error} small />}
      {receipt.data && key.data && (
        <Proof note={receipt.data} signedBy={key.data} name={`consent-${consent.purpose ?? ''}`} />
      )}
    </Sheet>
  );
}
