/**
 * The log does not continue what this browser saw. This is the one message that must not look like the others: it
 * covers the page, says what was seen before and what is shown now, and gives the evidence away as a file.
 */
import { useEffect, useId, useState } from 'react';
import { t } from '@/i18n';
import { dateTime } from '@/i18n/format';
import type { SignedHead } from '@/ledger/checkpoint';
import { readHead, saveEvidence, short } from '@/ledger/evidence';
import { type Alarm, beginAnew } from '@/ledger/witness';
import { Button } from '@/ui/Button';
import { Icon } from '@/ui/Icon';
import { Tick } from '@/ui/Input';
import { Sheet } from '@/ui/Sheet';
import { toast } from '@/ui/toast';
import css from './alarm.module.css';

export default function LedgerAlarm({ alarm, onClose }: { alarm: Alarm; onClose: () => void }) {
  const [before, setBefore] = useState<SignedHead | null>(null);
  const [now, setNow] = useState<SignedHead | null>(null);
  const [checked, setChecked] = useState(false);
  const why = useId();
  useEffect(() => {
    void readHead(alarm.kept?.key ?? '', alarm.kept?.note ?? '').then(setBefore);
    void readHead(alarm.key, alarm.note).then(setNow);
  }, [alarm]);
  return (
    <Sheet
      wide
      sticky
      title={t('ledger.alarm')}
      closeWord={t('close')}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{t('ledger.alarm.later')}</Button>
          <Button
            look="primary"
            icon="download"
            onClick={() => saveEvidence(alarm.fault, alarm.kept, { key: alarm.key, note: alarm.note })}
          >
            {t('ledger.evidence')}
          </Button>
        </>
      }
    >
      <div className={css.loud} role="alert" aria-describedby={why}>
        <Icon name="alert" size={32} />
        <div>
          <p className={css.fault}>{t(`ledger.fault.${alarm.fault.code}`)}</p>
          <p id={why}>{t('ledger.alarm.why')}</p>
        </div>
      </div>
      <dl className={css.sides}>
        <div>
          <dt>{t('ledger.alarm.before')}</dt>
          <dd>{before ? <Head head={before} at={alarm.kept?.at} /> : t('ledger.alarm.unknown')}</dd>
        </div>
        <div>
          <dt>{t('ledger.alarm.now')}</dt>
          <dd>{now ? <Head head={now} at={alarm.at} /> : t('ledger.alarm.unknown')}</dd>
        </div>
      </dl>
      <p>{t('ledger.bad.next')}</p>
      <div className={css.anew}>
        <Tick checked={checked} onChange={(event) => setChecked(event.target.checked)}>
          {t('ledger.alarm.checked')}
        </Tick>
        <Button
          look="danger"
          disabled={!checked}
          onClick={() => {
            beginAnew();
            toast(t('ledger.alarm.anew.done'));
            onClose();
          }}
        >
          {t('ledger.alarm.anew')}
        </Button>
      </div>
    </Sheet>
  );
}

function Head({ head, at }: { head: SignedHead; at: number | undefined }) {
  return (
    <>
      <b>{t('ledger.kept.at', { n: head.size, time: at ? dateTime(new Date(at).toISOString()) : '—' })}</b>
      <code>{head.origin}</code>
      <code>{short(head.root)}</code>
    </>
  );
}
