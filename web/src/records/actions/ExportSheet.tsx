/** Asking for an export: fields, purpose, format. What happens then is the server's flow. */
import { useState } from 'react';
import { api } from '@/api/client';
import type { ExportCase, FieldDef, Filter, ObjectDef } from '@/api/contract';
import { queryClient } from '@/api/queries';
import { say, saySome, t } from '@/i18n';
import { Button } from '@/ui/Button';
import { Field } from '@/ui/Field';
import { Input, Tick } from '@/ui/Input';
import { Segments } from '@/ui/Segments';
import { Sheet } from '@/ui/Sheet';
import { toast } from '@/ui/toast';
import { ClassTag } from '../form/FormField';
import { useHere } from '../form/useHere';
import { useOnce } from '../form/useOnce';
import { problemText, toastProblem } from '../problemText';
import css from '../records.module.css';

const purposes = ['visit_plan', 'report', 'contract', 'handover', 'other'] as const;
type Props = {
  object: ObjectDef;
  columns: FieldDef[];
  filter: Filter | undefined;
  onDone: () => void;
  onClose: () => void;
};

export function ExportSheet({ object, columns, filter, onDone, onClose }: Props) {
  const title = object.fields.find((field) => field.name === object.title_field);
  const own = [...(title ? [title] : []), ...columns.filter((column) => object.fields.includes(column))];
  const [fields, setFields] = useState(() => own.map((field) => field.name));
  const [purpose, setPurpose] = useState<(typeof purposes)[number]>('visit_plan');
  const [note, setNote] = useState('');
  const [format, setFormat] = useState<'xlsx' | 'csv'>('xlsx');
  const [clear, setClear] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const here = useHere();
  const keyOf = useOnce();
  const personal = object.fields.some((field) => fields.includes(field.name) && field.class >= 'L3');

  async function ask() {
    setBusy(true);
    setError(null);
    try {
      const body = {
        object: object.name,
        fields,
        purpose: purpose === 'other' ? `other: ${note.trim()}` : purpose,
        format,
        ...(filter ? { filter } : {}),
        ...(clear && personal ? { clear } : {}),
      };
      const answer = await api.post<ExportCase>('/exports', body, { idempotencyKey: keyOf(body) });
      void queryClient.invalidateQueries({ queryKey: ['exports'] });
      toast(answer.state === 'waiting' ? t('export.waiting') : t('export.started'), 'done', {
        label: t('export.see'),
        run: onDone,
      });
      if (here.current) onClose();
    } catch (problem) {
      if (!here.current) toastProblem(problem);
      setError(problemText(problem));
      setBusy(false);
    }
  }

  return (
    <Sheet
      title={t('export.title', { object: saySome(object.label) })}
      closeWord={t('close')}
      onClose={onClose}
      footer={
        <Button
          look="primary"
          busy={busy}
          disabled={fields.length === 0 || (purpose === 'other' && note.trim().length < 2)}
          onClick={() => void ask()}
        >
          {t('export.ask')}
        </Button>
      }
    >
      <p className={css.note}>{t('export.note')}</p>
      {error && (
        <p className={css.error} role="alert">
          {error}
        </p>
      )}
      <div>
        <p className={css.label}>{t('export.purpose')}</p>
        <Segments
          look="chips"
          label={t('export.purpose')}
          options={purposes.map((item) => ({ key: item, label: t(`export.purpose.${item}`) }))}
          value={purpose}
          onChange={setPurpose}
        />
      </div>
      {purpose === 'other' && (
        <Field id="export-note" label={t('reveal.other')}>
          {(control) => (
            <Input {...control} value={note} maxLength={200} onChange={(e) => setNote(e.target.value)} />
          )}
        </Field>
      )}
      <div>
        <p className={css.label}>{t('export.fields')}</p>
        <ul className={css.ticks}>
          {object.fields.map((field) => (
            <li key={field.name}>
              <Tick
                checked={fields.includes(field.name)}
                onChange={(event) =>
                  setFields(
                    event.target.checked
                      ? [...fields, field.name]
                      : fields.filter((name) => name !== field.name),
                  )
                }
              >
                {say(field.label)} <ClassTag def={field} />
              </Tick>
            </li>
          ))}
        </ul>
      </div>
      {personal && (
        <Tick checked={clear} onChange={(event) => setClear(event.target.checked)}>
          {t('export.clear')}
        </Tick>
      )}
      <Segments
        label={t('export.format')}
        options={[
          { key: 'xlsx', label: 'Excel (.xlsx)' },
          { key: 'csv', label: 'CSV' },
        ]}
        value={format}
        onChange={setFormat}
      />
    </Sheet>
  );
}
