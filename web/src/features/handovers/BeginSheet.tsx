/** Freezing comes first and cannot be taken back here, so it asks once more in so many words. */
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { api } from '@/api/client';
import type { HandoverPlan, PersonRef } from '@/api/contract';
import { queryClient } from '@/api/queries';
import { t } from '@/i18n';
import { PersonField } from '@/records/actions/PersonField';
import { useHere } from '@/records/form/useHere';
import { problemText, toastProblem } from '@/records/problemText';
import { Button } from '@/ui/Button';
import { Tick } from '@/ui/Input';
import { Segments } from '@/ui/Segments';
import { Sheet } from '@/ui/Sheet';
import css from './handovers.module.css';

const reasons = ['resignation', 'dismissal', 'transfer', 'leave', 'device_lost', 'other'] as const;
type Reason = (typeof reasons)[number];

export function BeginSheet({ onClose }: { onClose: () => void }) {
  const navigate = useNavigate();
  const [person, setPerson] = useState<PersonRef | null>(null);
  const [reason, setReason] = useState<Reason | null>(null);
  const [sure, setSure] = useState(false);
  const [busy, setBusy] = useState(false);
  const here = useHere();
  const [error, setError] = useState<string | null>(null);

  async function begin() {
    const lacking = !person
      ? t('handovers.who.needed')
      : !reason
        ? t('handovers.reason.needed')
        : !sure
          ? t('handovers.begin.sure.needed')
          : null;
    setError(lacking);
    if (lacking || busy) return;
    setBusy(true);
    try {
      const made = await api.post<HandoverPlan>('/handovers', { person: person?.id, reason });
      void queryClient.invalidateQueries({ queryKey: ['handovers'] });
      void queryClient.invalidateQueries({ queryKey: ['people'] });
      if (here.current) onClose();
      if (here.current) void navigate({ to: '/handovers/$id', params: { id: made.id } });
    } catch (problem) {
      if (!here.current) toastProblem(problem);
      setError(problemText(problem));
      setBusy(false);
    }
  }

  return (
    <Sheet
      title={t('handovers.begin')}
      closeWord={t('close')}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{t('cancel')}</Button>
          <Button look="danger" busy={busy} onClick={() => void begin()}>
            {t('handovers.begin.go')}
          </Button>
        </>
      }
    >
      <PersonField id="leaver" label={t('handovers.who')} value={person} onChange={setPerson} />
      <div>
        <p className={css.label}>{t('handovers.reason')}</p>
        <Segments<Reason>
          look="chips"
          label={t('handovers.reason')}
          options={reasons.map((key) => ({ key, label: t(`handovers.reason.${key}`) }))}
          value={reason}
          onChange={setReason}
        />
      </div>
      <p className={css.warning}>{t('handovers.begin.consequence')}</p>
      <Tick checked={sure} onChange={(event) => setSure(event.target.checked)}>
        {t('handovers.begin.sure')}
      </Tick>
      {error && (
        <p className={css.error} role="alert">
          {error}
        </p>
      )}
    </Sheet>
  );
}
