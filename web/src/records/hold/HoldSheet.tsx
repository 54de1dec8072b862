/** Holding a record: which, found as everywhere or by its address, and why, in a code and a few words. */
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Hold, Reference, Retention } from '@/api/contract';
import { objectsQuery, queryClient, refreshRecord } from '@/api/queries';
import { placeHold } from '@/api/retention';
import { RecordPicker } from '@/fields/reference';
import { say, t } from '@/i18n';
import { addressed } from '@/records/address';
import { useHere } from '@/records/form/useHere';
import { problemText, toastProblem } from '@/records/problemText';
import { Button } from '@/ui/Button';
import desk from '@/ui/desk.module.css';
import { Field } from '@/ui/Field';
import { Input, Select, TextArea } from '@/ui/Input';
import { PickerButton } from '@/ui/Picker';
import { Sheet } from '@/ui/Sheet';
import { toast } from '@/ui/toast';

const grounds = [
  'litigation',
  'investigation',
  'audit',
  'dispute',
  'law',
] as const satisfies Hold['ground'][];

type Props = {
  /** Which; without it the sheet asks. */
  record?: { object: string; record: string };
  /** Of which objects there are, when it asks. */
  objects?: Retention['terms'];
  onClose: () => void;
};

export function HoldSheet({ record, objects = [], onClose }: Props) {
  const [object, setObject] = useState(record?.object ?? objects[0]?.object ?? '');
  const [typed, setTyped] = useState('');
  const [found, setFound] = useState<Reference | null>(null);
  const [finding, setFinding] = useState(false);
  const [ground, setGround] = useState<Hold['ground']>('litigation');
  const [note, setNote] = useState('');
  const known = useQuery(objectsQuery);
  const readable = known.data?.some((one) => one.name === object && one.verbs.includes('read')) ?? false;
  const id = record?.record ?? found?.id ?? addressed(typed)?.id ?? '';
  const here = useHere();
  const hold = useMutation({
    mutationFn: () => placeHold({ object, record: id, ground, note: note.trim() || null }),
    onSuccess: () => {
      toast(t('retention.hold.done'));
      if (here.current) onClose();
    },
    onError: (problem) => {
      if (!here.current) toastProblem(problem);
    },
    onSettled: () => {
      void queryClient.invalidateQueries({ queryKey: ['retention'] });
      refreshRecord(object, id);
    },
  });
  return (
    <Sheet
      title={t('retention.hold.new')}
      closeWord={t('close')}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{t('cancel')}</Button>
          <Button look="primary" disabled={!id} busy={hold.isPending} onClick={() => hold.mutate()}>
            {t('retention.hold')}
          </Button>
        </>
      }
    >
      <div className={desk.form}>
        <p>{t('retention.hold.why')}</p>
        {hold.error && (
          <p className={desk.alert} role="alert">
            {problemText(hold.error)}
          </p>
        )}
        {!record && (
          <>
            <Field id="hold-object" label={t('retention.hold.object')}>
              {(control) => (
                <Select
                  {...control}
                  value={object}
                  onChange={(event) => {
                    setObject(event.target.value);
                    setFound(null);
                  }}
                >
                  {objects.map((one) => (
                    <option key={one.object} value={one.object}>
                      {say(one.label)}
                    </option>
                  ))}
                </Select>
              )}
            </Field>
            {readable && (
              <Field id="hold-found" label={t('find.record')} help={t('find.record.help')}>
                {(control) => (
                  <PickerButton
                    {...control}
                    text={found ? (found.title ?? t('record.unnamed')) : null}
                    placeholder={t('find.record.open')}
                    clearWord={t('clear')}
                    onClick={() => setFinding(true)}
                    onClear={() => setFound(null)}
                  />
                )}
              </Field>
            )}
            {!found && (
              <Field
                id="hold-record"
                label={t(readable ? 'find.or_address' : 'retention.hold.record')}
                help={t('retention.hold.record.help')}
              >
                {(control) => (
                  <Input
                    {...control}
                    autoComplete="off"
                    value={typed}
                    onChange={(event) => setTyped(event.target.value)}
                  />
                )}
              </Field>
            )}
            {finding && (
              <RecordPicker
                object={object}
                title={t('find.record')}
                chosen={found?.id}
                onPick={(picked) => {
                  setFound(picked);
                  setFinding(false);
                }}
                onClose={() => setFinding(false)}
              />
            )}
          </>
        )}
        <Field id="hold-ground" label={t('retention.hold.ground')}>
          {(control) => (
            <Select
              {...control}
              value={ground}
              onChange={(event) => setGround(event.target.value as Hold['ground'])}
            >
              {grounds.map((one) => (
                <option key={one} value={one}>
                  {t(`retention.hold.ground.${one}`)}
                </option>
              ))}
            </Select>
          )}
        </Field>
        <Field id="hold-note" label={t('retention.hold.note')} help={t('retention.hold.note.help')}>
          {(control) => (
            <TextArea
              {...control}
              maxLength={200}
              value={note}
              onChange={(event) => setNote(event.target.value)}
            />
          )}
        </Field>
      </div>
    </Sheet>
  );
}
