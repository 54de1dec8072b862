/** Calling the customer back on the number on file, and the code of a copy that is told on that call. */
import { useCallback, useEffect, useState } from 'react';
import { rightsOneQuery } from '@/api/cases';
import { api, seg } from '@/api/client';
import type { NumbersOnFile, RightsDetail } from '@/api/contract';
import { queryClient } from '@/api/queries';
import { t } from '@/i18n';
import { problemText } from '@/records/problemText';
import { useHiding } from '@/records/reveal/useHiding';
import css from '@/records/rights/case.module.css';
import { telAddress } from '@/records/telephone';
import { Button } from '@/ui/Button';
import { Ring, useSecondsLeft } from '@/ui/Ring';
import { Sheet } from '@/ui/Sheet';

const SECONDS = 30;

type Shown = { numbers: NumbersOnFile['numbers']; until: number };

/** Shows the numbers for as long as any revealed field; who made the request does not choose where one calls. */
export function CallBack({ request, onCode }: { request: RightsDetail; onCode: (pickup: Pickup) => void }) {
  const [shown, setShown] = useState<Shown | null>(null);
  const [busy, setBusy] = useState<'numbers' | 'copy_codes' | null>(null);
  const [error, setError] = useState<string | null>(null);
  const left = useSecondsLeft(shown?.until ?? null);
  const hide = useCallback(() => setShown(null), []);
  useHiding(shown !== null, hide);
  // Numbers that nobody sees any more are not kept either.
  useEffect(() => {
    if (!shown) return;
    const timer = setTimeout(hide, Math.max(0, shown.until - Date.now()));
    return () => clearTimeout(timer);
  }, [shown, hide]);
  const ask = async <T,>(what: 'numbers' | 'copy_codes', then: (reply: T) => void) => {
    setBusy(what);
    setError(null);
    try {
      then(await api.post<T>(`/rights_requests/${seg(request.id)}/${what}`, undefined));
    } catch (problem) {
      setError(problemText(problem));
    } finally {
      setBusy(null);
    }
  };
  const reveal = () =>
    ask<NumbersOnFile>('numbers', ({ numbers }) => setShown({ numbers, until: Date.now() + SECONDS * 1000 }));
  const renew = () =>
    ask<RightsDetail>('copy_codes', ({ copy_code: code, ...next }) => {
      queryClient.setQueryData(rightsOneQuery(request.id).queryKey, next);
      if (code) onCode({ code });
    });
  return (
    <section className={css.card}>
      <h2>{t('rights.call')}</h2>
      <p className={css.meta}>{t('rights.call.what')}</p>
      {shown && left > 0 && (
        <ul className={css.files}>
          {shown.numbers.map(({ field, value }) => (
            <li key={field}>
              <a href={telAddress(value)} className={css.customer}>
                {value}
              </a>
              <Ring left={left} total={SECONDS} label={t('reveal.left', { n: left })} />
            </li>
          ))}
          {shown.numbers.length === 0 && <li>{t('rights.call.none')}</li>}
        </ul>
      )}
      {error && (
        <p className={css.error} role="alert">
          {error}
        </p>
      )}
      <p className={css.tools}>
        {left === 0 && (
          <Button
            icon="phone"
            busy={busy === 'numbers'}
            disabled={busy !== null}
            onClick={() => void reveal()}
          >
            {t('rights.call.show')}
          </Button>
        )}
        {request.acts.includes('copy_code') && (
          <Button
            look="quiet"
            busy={busy === 'copy_codes'}
            disabled={busy !== null}
            onClick={() => void renew()}
          >
            {t('rights.code.renew')}
          </Button>
        )}
      </p>
    </section>
  );
}

/** The code, this once. */
export type Pickup = {
  code: string;
  /** Files that did not fit into the copy. */
  leftOut?: number | undefined;
};

export function CodeSheet({ pickup, onClose }: { pickup: Pickup; onClose: () => void }) {
  const { code, leftOut } = pickup;
  return (
    <Sheet
      title={t('rights.code')}
      closeWord={t('close')}
      onClose={onClose}
      footer={
        <Button look="primary" onClick={onClose}>
          {t('done')}
        </Button>
      }
    >
      <output className={css.code} aria-label={t('rights.code')}>
        {code.slice(0, 3)} {code.slice(3)}
      </output>
      <p>{t('rights.code.what')}</p>
      {leftOut !== undefined && <p>{t('rights.code.left_out', { n: leftOut })}</p>}
    </Sheet>
  );
}
