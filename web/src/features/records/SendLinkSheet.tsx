/** A link for one customer: made, shown once, sent by one way and its code told by another. */
import { useState } from 'react';
import { api, recordPath } from '@/api/client';
import type { MadeCustomerLink } from '@/api/contract';
import { queryClient } from '@/api/queries';
import { t } from '@/i18n';
import { dateTime } from '@/i18n/format';
import { copyText } from '@/records/copyText';
import { useHere } from '@/records/form/useHere';
import { problemText, toastProblem } from '@/records/problemText';
import { Button } from '@/ui/Button';
import { Field } from '@/ui/Field';
import { Input } from '@/ui/Input';
import { Segments } from '@/ui/Segments';
import { Sheet } from '@/ui/Sheet';
import css from './RightsTab.module.css';

const lives = ['7', '30', '90'] as const;

export function SendLinkSheet({ id, onClose }: { id: string; onClose: () => void }) {
  const [days, setDays] = useState<(typeof lives)[number]>('30');
  // The secrets live in this sheet and nowhere else; closing it forgets them.
  const [made, setMade] = useState<MadeCustomerLink | null>(null);
  const [error, setError] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const here = useHere();
  const url = made ? `${location.origin}/p#${made.secret}` : '';

  async function make() {
    setBusy(true);
    setError(null);
    try {
      const link = await api.post<MadeCustomerLink>(`${recordPath('customer', id)}/links`, {
        days: Number(days),
      });
      setMade(link);
      void queryClient.invalidateQueries({ queryKey: ['links', id] });
    } catch (problem) {
      if (!here.current) toastProblem(problem);
      setError(problemText(problem));
    }
    setBusy(false);
  }

  return (
    <Sheet
      title={t('desk.links.make')}
      closeWord={t('close')}
      onClose={onClose}
      sticky={false}
      footer={
        made ? (
          <Button look="primary" onClick={onClose}>
            {t('done')}
          </Button>
        ) : (
          <>
            <Button onClick={onClose}>{t('cancel')}</Button>
            <Button look="primary" busy={busy} onClick={() => void make()}>
              {t('desk.links.make')}
            </Button>
          </>
        )
      }
    >
      {!made && (
        <>
          <p>{t('desk.links.note')}</p>
          <div className={css.choice}>
            <p aria-hidden="true">{t('desk.links.days')}</p>
            <Segments
              label={t('desk.links.days')}
              options={lives.map((key) => ({ key, label: t('desk.links.day', { n: Number(key) }) }))}
              value={days}
              onChange={setDays}
            />
          </div>
        </>
      )}
      {made && (
        <>
          <p className={css.good} role="status">
            {t('desk.links.made')}
          </p>
          <Field id="made-url" label={t('desk.links.url')} help={dateTime(made.expires_at)}>
            {(control) => (
              <Input {...control} readOnly value={url} onFocus={(event) => event.target.select()} />
            )}
          </Field>
          <Button icon="out" onClick={() => void copyText(url, t('desk.links.copied'))}>
            {t('desk.links.copy')}
          </Button>
          <div className={css.code}>
            <p>{t('desk.links.code')}</p>
            <output>{made.code.replace(/(\d{3})(\d{3})/, '$1 $2')}</output>
            <p className={css.note}>{t('desk.links.code.what')}</p>
          </div>
        </>
      )}
      {error && (
        <p className={css.error} role="alert">
          {error}
        </p>
      )}
    </Sheet>
  );
}
