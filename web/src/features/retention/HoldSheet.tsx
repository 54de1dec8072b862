/** Holding a record: why, in a code and a few words. */
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import type { Hold, Retention } from '@/api/contract';
import { queryClient } from '@/api/queries';
import { placeHold } from '@/api/retention';
import { say, t } from '@/i18n';
import { problemText } from '@/records/problemText';
import { Button } from '@/ui/Button';
import desk from '@/ui/desk.module.css';
import { Field } from '@/ui/Field';
import { Input, Select, TextArea } from '@/ui/Input';
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
  objects: Retention['terms'];
  onClose: () => void;
};

/** An id, or the address that ends with it. */
const idIn = (typed: string) =>
  typed
    .trim()
    .replace(/[?#].*$/, '')
    .split('/')
    .filter(Boolean)
    .at(-1) ?? '';

export function HoldSheet({ record, objects, onClose }: Props) {
  const [object, setObject] = useState(record?.object ?? objects[0]?.object ?? '');
  const [typed, setTyped] = useState('');
  const [ground, setGround] = useState<Hold['ground']>('litigation');
  const [note, setNote] = useState('');
  const id = record?.record ?? idIn(typed);
  const hold = useMutation({
    mutationFn: () => placeHold({ object, record: id, ground, note: note.trim() || null }),
    onSuccess: () => {
      toast(t('retention.hold.done'));
      onClose();
    },
    onSettled: () => queryClient.invalidateQueries({ queryKey: ['retention'] }),
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
                <Select {...control} value={object} onChange={(event) => setObject(event.target.value)}>
                  {objects.map((one) => (
                    <option key={one.object} value={one.object}>
                      {say(one.label)}
                    </option>
                  ))}
                </Select>
              )}
            </Field>
            <Field id="hold-record" label={t('retention.hold.record')} help={t('retention.hold.record.help')}>
              {(control) => (
                <Input
                  {...control}
                  autoComplete="off"
                  value={typed}
                  onChange={(event) => setTyped(event.target.value)}
                />
              )}
            </Field>
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
