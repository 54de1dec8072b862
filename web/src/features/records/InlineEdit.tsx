/**
 * One field edited in place, against the revision it was read at.
 *
 * When somebody was faster the server answers 409 with their version: both are shown, ours is kept, and the
 * person chooses.
 */
import { useRef, useState } from 'react';
import { api, recordPath } from '@/api/client';
import type { Channel, FieldDef, Intake, KedunRecord, Notice } from '@/api/contract';
import { isProblem, Problem } from '@/api/problem';
import { queryClient, recordQuery, refreshRecord } from '@/api/queries';
import { clear, FieldCell, FieldText, isBlank, isMasked, toWire } from '@/fields';
import { say, t } from '@/i18n';
import { nearTime } from '@/i18n/format';
import { dropDraft, readDraft, writeDraft } from '@/offline/drafts';
import { CONSENTING, SALES_PURPOSE } from '@/path';
import { undo } from '@/records/actions/undo';
import { FormField } from '@/records/form/FormField';
import { fieldId } from '@/records/form/useForm';
import { useHere } from '@/records/form/useHere';
import { ChannelField } from '@/records/intake/ChannelField';
import { FoldedNotice, useShownNotice } from '@/records/intake/FoldedNotice';
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
  const [agreed, setAgreed] = useState('');
  const [channel, setChannel] = useState<Channel>('in_person');
  const consented = useRef(false);
  // Sensitive data of a customer or a lead needs a consent of its own before it is written.
  const separate = def.class === 'L4' && CONSENTING.includes(record.object) && !isBlank(value);
  const { notice, shown } = useShownNotice(SALES_PURPOSE, separate);
  // What was agreed to was agreed to under the notice that stood there; under another one it is asked for anew.
  const agrees = shown !== '' && agreed === shown;
  const [theirs, setTheirs] = useState<KedunRecord | null>(null);

  function leave() {
    dropDraft(draft);
    // Another field may be open by now.
    if (here.current) onClose();
  }
  async function save(revision: number) {
    // A masked value left alone stays what it was; the mask must never be written back.
    if (masked && isBlank(value)) return leave();
    if (separate && !consented.current && !agrees) return setError(t('edit.consent.needed'));
    setBusy(true);
    setError(null);
    try {
      // Given once in this form, also when what it was given for is refused and mended.
      if (separate && !consented.current && notice.data) {
        await consentSeparately(record, notice.data, channel);
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
      // A newer notice is in force: show that one.
      if (problem instanceof Problem && problem.body.errors?.some(({ code }) => code === 'notice_outdated'))
        void queryClient.invalidateQueries({ queryKey: ['notice'] });
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
        <>
          <FoldedNotice notice={notice} />
          <ChannelField id={`${fieldId(def.name)}-channel`} value={channel} onChange={setChannel} />
          <Tick
            checked={agrees}
            disabled={!notice.data}
            onChange={(event) => setAgreed(event.target.checked ? shown : '')}
          >
            {t('edit.consent')}
          </Tick>
        </>
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

/** Writes the separate consent under the notice that was shown. */
async function consentSeparately(record: KedunRecord, notice: Notice, channel: Channel): Promise<void> {
  await api.post(`${recordPath(record.object, record.id)}/consents`, {
    notice: { id: notice.id, version: notice.version },
    purpose: SALES_PURPOSE,
    basis: 'consent',
    channel,
    consents: [{ kind: 'sensitive', given: true }],
  } satisfies Intake);
}
