/** What else may be done with a record; each says its consequence before it happens. */
import { lazy, Suspense, useState } from 'react';
import { api, recordPath } from '@/api/client';
import type { KedunRecord, PersonRef } from '@/api/contract';
import { refreshLists, refreshRecord } from '@/api/queries';
import { t, withWords } from '@/i18n';
import { Button } from '@/ui/Button';
import { Field } from '@/ui/Field';
import { TextArea } from '@/ui/Input';
import { Menu, type MenuItem } from '@/ui/Menu';
import { Segments } from '@/ui/Segments';
import { Sheet } from '@/ui/Sheet';
import { toast } from '@/ui/toast';
import { useHere } from '../form/useHere';
import { problemText, toastProblem } from '../problemText';
import { titleOf } from '../title';
import { PersonField } from './PersonField';
import { type Moved, toastMoved, undo } from './undo';

const HoldSheet = lazy(withWords(async () => ({ default: (await import('../hold/HoldSheet')).HoldSheet })));
const ShareSheet = lazy(withWords(async () => ({ default: (await import('./ShareSheet')).ShareSheet })));

type Act = 'transfer' | 'release' | 'delete';
type Props = { record: KedunRecord; onPlan?: (() => void) | undefined; onGone: () => void };

export function RecordActions({ record, onPlan, onGone }: Props) {
  const [act, setAct] = useState<Act | null>(null);
  const [sharing, setSharing] = useState(false);
  const [holding, setHolding] = useState(false);
  const here = useHere();
  const { rights } = record;
  const items: MenuItem[] = [];
  if (onPlan) items.push({ key: 'plan', label: t('plan.new'), icon: 'clock', run: onPlan });
  if (rights.transfer)
    items.push({
      key: 'transfer',
      label: t('action.transfer'),
      icon: 'transfer',
      run: () => setAct('transfer'),
    });
  if (rights.share)
    items.push({ key: 'share', label: t('action.share'), icon: 'customers', run: () => setSharing(true) });
  if (rights.release)
    items.push({ key: 'release', label: t('action.release'), icon: 'pool', run: () => setAct('release') });
  if (rights.hold)
    items.push({ key: 'hold', label: t('action.hold'), icon: 'lock', run: () => setHolding(true) });
  if (rights.delete)
    items.push({
      key: 'delete',
      label: t('action.delete'),
      icon: 'trash',
      danger: true,
      run: () => setAct('delete'),
    });
  return (
    <>
      <Menu label={t('more')} items={items} />
      {act && (
        <ActSheet
          act={act}
          record={record}
          // Who looks at something else by now is not taken away from it.
          onGone={() => here.current && onGone()}
          onClose={() => setAct(null)}
        />
      )}
      <Suspense>
        {sharing && <ShareSheet record={record} onClose={() => setSharing(false)} />}
        {holding && (
          <HoldSheet
            record={{ object: record.object, record: record.id }}
            onClose={() => setHolding(false)}
          />
        )}
      </Suspense>
    </>
  );
}

const reasons = {
  transfer: ['reason.workload', 'reason.region', 'reason.leave'],
  release: ['reason.no_need', 'reason.no_answer', 'reason.not_fit'],
} as const;

function ActSheet({
  act,
  record,
  onGone,
  onClose,
}: {
  act: Act;
  record: KedunRecord;
  onGone: () => void;
  onClose: () => void;
}) {
  const [to, setTo] = useState<PersonRef | null>(null);
  const [reason, setReason] = useState('');
  const [error, setError] = useState<{ at: 'person' | 'reason' | null; text: string } | null>(null);
  const at = (field: 'person' | 'reason') => (error?.at === field ? error.text : null);
  const [busy, setBusy] = useState(false);
  const here = useHere();
  const path = recordPath(record.object, record.id);

  async function run() {
    if (act === 'transfer' && !to) return setError({ at: 'person', text: t('act.person_needed') });
    if (act !== 'delete' && reason.trim() === '')
      return setError({ at: 'reason', text: t('act.reason_needed') });
    setBusy(true);
    setError(null);
    try {
      const said = { reason: reason.trim() };
      const after =
        act === 'transfer'
          ? await api.post<Moved>(`${path}/transfers`, { to: to?.id, ...said })
          : act === 'release'
            ? await api.post<Moved>(`${path}/releases`, said)
            : await api.delete<undefined>(path);
      if (here.current) onClose();
      if (act === 'delete' || !after) {
        onGone();
        refreshLists(record.object, record.id);
        toast(
          t('delete.done', { title: titleOf(record) }),
          'done',
          undo(record, () => api.post(`${path}/restoration`)),
        );
      } else {
        toastMoved(act, record, after);
        if ('out_of_sight' in after) onGone();
        refreshRecord(record.object, record.id);
      }
    } catch (problem) {
      if (!here.current) toastProblem(problem);
      setError({ at: null, text: problemText(problem) });
      setBusy(false);
    }
  }
  return (
    <Sheet
      title={t(`${act}.title`, { title: titleOf(record) })}
      closeWord={t('close')}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{t('cancel')}</Button>
          <Button look={act === 'delete' ? 'danger' : 'primary'} busy={busy} onClick={() => void run()}>
            {t(`action.${act}`)}
          </Button>
        </>
      }
    >
      <p>{t(`${act}.consequence`)}</p>
      {act === 'transfer' && (
        <PersonField
          id="transfer-to"
          label={t('transfer.to')}
          value={to}
          error={at('person')}
          onChange={setTo}
        />
      )}
      {act !== 'delete' && (
        <>
          <Segments
            look="chips"
            label={t('act.reason')}
            options={reasons[act].map((key) => ({ key: t(key), label: t(key) }))}
            value={reason}
            onChange={setReason}
          />
          <Field id="act-reason" label={t('act.reason')} error={at('reason')}>
            {(control) => (
              <TextArea {...control} value={reason} onChange={(event) => setReason(event.target.value)} />
            )}
          </Field>
        </>
      )}
      {error?.at === null && <p role="alert">{error.text}</p>}
    </Sheet>
  );
}
