/**
 * One field edited in place, against the revision it was read at.
 *
 * When somebody was faster the server answers 409 with their version: both are shown, ours is kept, and the
 * person chooses.
 */
import { useRef, useState } from 'react';
import { api, recordPath, seg } from '@/api/client';
import type { FieldDef, Intake, KedunRecord, Notice } from '@/api/contract';
import { isProblem, Problem } from '@/api/problem';
import { queryClient, recordQuery, refreshRecord } from '@/api/queries';
import { clear, FieldCell, FieldText, isBlank, isMasked, toWire } from '@/fields';
import { say, t } from '@/i18n';
import { nearTime } from '@/i18n/format';
import { dropDraft, readDraft, writeDraft } from '@/offline/drafts';
import { CONSENTING, SALES_PURPOSE } from '@/path';
import { undo } from '@/records/actions/undo';
import { FormField } from '@/records/form/FormField';
import { useHere } from '@/records/form/useHere';
import { problemText, toastProblem } from '@/records/problemText';
import { titleOf } from '@/records/title';
import { Button } from '@/ui/Button';
import { Tick } from '@/ui/Input';
import { Sheet } from '@/ui/Sheet';
import { toast } from '@/ui/toast';
import { draftOf, startOf } from './editDraft';
import css from './InlineEdit.module.css';

type Props = { record: KedunRecord; def: FieldDef; onClose: () => void };

/** What was typed into a field and not saved; the tab that was closed in between finds it again. */
export const editDraft = (id: string, field: string) => `edit:${id}:${field}`;

export function InlineEdit({ record, def, onClose }: Props) {
  const before = record.fields[def.name];
  const masked = isMasked(before);
  const draft = editDraft(record.id, def.name);
  const [kept] = useState(() => readDraft(draft));
  const [value, setValue] = useState<unknown>(kept.value ?? clear(before) ?? '');
  // What was typed some time ago was typed over what stood there then: whoever wrote since is not overwritten unasked.
  const [base] = useState(startOf(kept, record.revision));
  const [busy, setBusy] = useState(false);
  const here = useHere();
  const [error, setError] = useState<string | null>(null);
  const [agreed, setAgreed] = useState(false);
  const consented = useRef(false);
  // Sensitive data of a customer or a lead needs a consent of its own before it is written.
  const separate = def.class === 'L4' && CONSENTING.includes(record.object) && !isBlank(value);
  const [theirs, setTheirs] = useState<KedunRecord | null>(null);

  function leave() {
    dropDraft(draft);
    // Another field may be open by now.
    if (here.current) onClose();
  }
  async function save(revision: number) {
    // A masked value left alone stays what it was; the mask must never be written back.
    if (masked && isBlank(value)) return leave();
    if (separate && !agreed) return setError(t('edit.consent.needed'));
    setBusy(true);
    setError(null);
    try {
      // Given once in this form, also when what it was given for is refused and mended.
      if (separate && !consented.current) {
        await consentSeparately(record);
        consented.current = true;
      }
      const saved = await api.patch<KedunRecord>(
        recordPath(record.object, record.id),
        { fields: { [def.name]: toWire(value) } },
        { ifMatch: revision },
      );
      queryClient.setQueryData(recordQuery(record.object, record.id).queryKey, saved);
      // What was masked cannot be written back, and after a conflict "before" was somebody else's.
      const was = masked || revision !== base ? undefined : toWire(clear(before) ?? '');
      refreshRecord(record.object, record.id);
      toast(
        t('edit.saved'),
        'done',
        was === undefined
          ? undefined
          : undo(record, () =>
              api.patch(
                recordPath(record.object, record.id),
                { fields: { [def.name]: was } },
                { ifMatch: saved.revision },
              ),
            ),
      );
      leave();
    } catch (problem) {
      if (isProblem(problem, 'revision_conflict') && problem.body.current) {
        const current = problem.body.current;
        // Ours was saved and the answer got lost, or somebody wrote the same: nothing to choose from.
        const now = current.fields[def.name];
        if (!isMasked(now) && JSON.stringify(clear(now) ?? null) === JSON.stringify(toWire(value))) {
          queryClient.setQueryData(recordQuery(record.object, record.id).queryKey, current);
          toast(t('edit.saved'));
          return leave();
        }
        setTheirs(current);
        if (!here.current)
          toast(t('conflict.kept', { title: titleOf(record), field: say(def.label) }), 'failed');
      } else {
        if (!here.current) toastProblem(problem);
        setError((problem instanceof Problem && problem.forField(def.name)) || problemText(problem));
      }
      setBusy(false);
    }
  }

  return (
    <form
      className={css.edit}
      onSubmit={(event) => {
        event.preventDefault();
        void save(base);
      }}
    >
      <FormField
        def={def}
        value={value}
        error={error}
        autoFocus
        placeholder={masked ? t('edit.masked', { value: before.masked }) : undefined}
        onChange={(typed) => {
          setValue(typed);
          writeDraft(draft, draftOf(typed, base), [{ ...def, name: 'value' }]);
        }}
      />
      {separate && (
        <Tick checked={agreed} onChange={(event) => setAgreed(event.target.checked)}>
          {t('edit.consent')}
        </Tick>
      )}
      <div className={css.actions}>
        <Button onClick={leave}>{t('cancel')}</Button>
        <Button look="primary" type="submit" busy={busy}>
          {t('save')}
        </Button>
      </div>
      {theirs && (
        <Sheet title={t('conflict.title')} closeWord={t('close')} onClose={() => setTheirs(null)}>
          <p>{t('conflict.why', { when: nearTime(theirs.updated_at) })}</p>
          <div className={css.versions}>
            <section>
              <h3>{t('conflict.mine')}</h3>
              <p>{isBlank(value) ? '—' : <FieldCell def={def} value={value} />}</p>
            </section>
            <section>
              <h3>{t('conflict.theirs')}</h3>
              <p>
                <FieldText def={def} value={theirs.fields[def.name]} />
              </p>
            </section>
          </div>
          <div className={css.choices}>
            <Button
              look="primary"
              wide
              busy={busy}
              onClick={() => {
                setTheirs(null);
                void save(theirs.revision);
              }}
            >
              {t('conflict.keep_mine')}
            </Button>
            <Button
              wide
              onClick={() => {
                queryClient.setQueryData(recordQuery(record.object, record.id).queryKey, theirs);
                leave();
              }}
            >
              {t('conflict.keep_theirs', { field: say(def.label) })}
            </Button>
          </div>
        </Sheet>
      )}
    </form>
  );
}

/** Writes the separate consent under the notice in force. */
async function consentSeparately(record: KedunRecord): Promise<void> {
  const notice = await api.get<Notice>(`/notices/${seg(SALES_PURPOSE)}`);
  await api.post(`${recordPath(record.object, record.id)}/consents`, {
    notice: { id: notice.id, version: notice.version },
    purpose: SALES_PURPOSE,
    basis: 'consent',
    channel: 'in_person',
    consents: [{ kind: 'sensitive', given: true }],
  } satisfies Intake);
}
