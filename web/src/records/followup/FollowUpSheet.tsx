/** Log a call or a visit: type, words, save. With a plan in hand it also finishes that plan. */
import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import type { KedunRecord, ObjectDef } from '@/api/contract';
import { objectQuery, objectsQuery } from '@/api/queries';
import { say, t } from '@/i18n';
import { fileSize } from '@/i18n/format';
import { keepPhoto, MOST_KEPT, MOST_KEPT_BYTES, readPhoto } from '@/offline/draftPhotos';
import { dropDraft, photosOf, readDraft, writeDraft } from '@/offline/drafts';
import { submit } from '@/offline/outbox';
import { CUSTOMER } from '@/path';
import { Button } from '@/ui/Button';
import { Field } from '@/ui/Field';
import { TextArea } from '@/ui/Input';
import { Segments } from '@/ui/Segments';
import { Sheet } from '@/ui/Sheet';
import { Skeleton } from '@/ui/State';
import { MOST_PHOTOS, type Photo, PhotoPicker } from '../files/PhotoPicker';
import { photoEntries } from '../files/send';
import { useHere } from '../form/useHere';
import { ProblemState } from '../ProblemState';
import { problemText, toastProblem } from '../problemText';
import css from './followup.module.css';
import { NextPlan } from './NextPlan';
import { usePlanActs, useToastKept } from './planActs';
import { followUpShape, planShape } from './shape';
import { presets } from './types';

/** A sentence that has its end needs no other mark before the next. */
function joined(before: string, next: string): string {
  if (before === '') return next;
  const stop = /[。！？；，、]$/.test(before) ? '' : /[.!?;,:：]$/.test(before) ? ' ' : t('list.stop');
  return `${before}${stop}${next}`;
}

export type Target = { object: string; id: string; title: string };
type Props = {
  target: Target;
  type?: string | undefined;
  plan?: KedunRecord | undefined;
  /** Photos that were taken before a word was written. */
  taken?: Photo[] | undefined;
  onClose: () => void;
};

export function FollowUpSheet(props: Props) {
  const followUp = useQuery(objectQuery('follow_up'));
  const plan = useQuery(objectQuery('plan'));
  const error = followUp.error ?? null;
  return (
    <Sheet
      title={props.plan ? t('plan.complete') : t('followup.title')}
      closeWord={t('close')}
      onClose={props.onClose}
    >
      {error && <ProblemState error={error} retry={() => followUp.refetch()} small />}
      {!error && !(followUp.data && !plan.isPending) && <Skeleton rows={3} label={t('loading')} />}
      {followUp.data && !plan.isPending && (
        <Composer {...props} followUp={followUp.data} plans={plan.data ?? null} />
      )}
    </Sheet>
  );
}

function Composer({
  target,
  type: firstType,
  plan,
  taken,
  onClose,
  followUp,
  plans,
}: Props & { followUp: ObjectDef; plans: ObjectDef | null }) {
  const shape = followUpShape(followUp, target.object);
  const planTo = plans?.verbs.includes('create') ? planShape(plans, target.object) : null;
  const draft = `follow_up:${target.id}`;
  const kept = readDraft(draft);
  const [type, setType] = useState<string>(
    (kept.type as string) ?? firstType ?? shape.type?.options?.[0]?.value ?? '',
  );
  const [text, setText] = useState<string>((kept.text as string) ?? '');
  const [next, setNext] = useState<string | null>((kept.next as string) ?? null);
  const [photos, setPhotos] = useState<Photo[]>([]);
  const [restoring, setRestoring] = useState(true);
  const [noRoom, setNoRoom] = useState(false);
  const [reading, setReading] = useState(false);
  // From the moment that the outbox has it, until it is refused: what finishes late must not make it a draft again.
  const saved = useRef(false);
  const shown = useRef<Photo[]>([]);
  const objects = useQuery(objectsQuery);
  const mayShoot =
    target.object === CUSTOMER &&
    objects.data?.some((object) => object.name === 'file' && object.verbs.includes('create'));
  const [busy, setBusy] = useState(false);
  const here = useHere();
  const [error, setError] = useState<string | null>(null);
  // One key per sheet, so that a second tap on a slow network does not write twice.
  const key = useRef(crypto.randomUUID());
  const acts = usePlanActs(plans ?? undefined);
  const toastKept = useToastKept();

  // Fixed, so that the same words are the same request.
  const startedAt = useRef(new Date().toISOString());

  // As it is by now, for what finishes later than the next key is pressed.
  const latest = useRef({ type, text, next, photos: photosOf(kept) });

  function write(words: string) {
    setText(words);
    keep({ text: words });
  }
  function keep(change: Partial<typeof latest.current>) {
    if (saved.current) return;
    latest.current = { ...latest.current, ...change };
    const { text: words, photos: shots } = latest.current;
    // A choice alone is two taps to make again; it is not worth a draft.
    if (words.trim() === '' && shots.length === 0) dropDraft(draft);
    else writeDraft(draft, latest.current, []);
  }
  function shoot(shots: Photo[]) {
    if (saved.current) return;
    shown.current = shots;
    setPhotos(shots);
    keep({ photos: shots.map((photo) => photo.id) });
    void Promise.all(shots.map((photo) => keepPhoto(photo.id, photo.blob))).then((all) =>
      setNoRoom(all.includes(false)),
    );
  }
  // What an earlier tab left of this draft comes first, then what was taken just now.
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, as the sheet opens
  useEffect(() => {
    let gone = false;
    void Promise.all(photosOf(kept).map(async (id) => ({ id, blob: await readPhoto(id) }))).then((found) => {
      if (gone) return;
      const left = found.filter((photo): photo is Photo => photo.blob !== null);
      setRestoring(false);
      const shots = [...left, ...(taken ?? [])].slice(0, MOST_PHOTOS);
      if (shots.length > 0) shoot(shots);
    });
    return () => {
      gone = true;
    };
  }, []);

  async function save() {
    if (!shape.parent || !shape.text || reading || restoring) return;
    const words = text.trim() || (photos.length > 0 ? t('photos.text', { n: photos.length }) : '');
    if (words === '') return setError(t('form.required'));
    setBusy(true);
    setError(null);
    const fields: Record<string, unknown> = {
      [shape.parent]: { id: target.id },
      [shape.text.name]: words,
    };
    if (shape.type && type) fields[shape.type.name] = type;
    if (shape.at) fields[shape.at.name] = startedAt.current;
    const body: Record<string, unknown> = { fields };
    if (next && planTo?.due) {
      const planned: Record<string, unknown> = { [planTo.due.name]: next };
      if (planTo.text) planned[planTo.text.name] = t('plan.default', { title: target.title });
      body.next = planned;
    }
    if (plan) body.completes = plan.id;
    try {
      const { sent } = await submit<KedunRecord>(
        {
          id: key.current,
          method: 'POST',
          path: '/objects/follow_up/records',
          body,
          about: target,
          what: 'follow_up',
          text: words,
          ...(plan ? { plan: plan.id } : {}),
        },
        await photoEntries(target, photos),
        // From here on the outbox has the words and the photos; two copies would be written twice.
        () => {
          saved.current = true;
          dropDraft(draft);
        },
      );
      toastKept(sent !== null, t('followup.saved'));
      if (here.current) onClose();
    } catch (problem) {
      if (!here.current) toastProblem(problem);
      // The server has seen this key with these words; other words want another key.
      key.current = crypto.randomUUID();
      saved.current = false;
      const again = photos.map((photo) => ({ ...photo, id: crypto.randomUUID() }));
      shoot(again);
      setError(problemText(problem));
      setBusy(false);
    }
  }

  async function onlyFinish() {
    if (!plan) return;
    setBusy(true);
    const done = await acts.finish(plan, target);
    if (!here.current) return;
    if (done) onClose();
    else setBusy(false);
  }

  return (
    <form
      className={css.composer}
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <p className={css.who}>{target.title}</p>
      {shape.type && (
        <Segments
          look="chips"
          label={say(shape.type.label)}
          options={(shape.type.options ?? []).map((option) => ({
            key: option.value,
            label: say(option.label),
          }))}
          value={type}
          onChange={(choice) => {
            setType(choice);
            keep({ type: choice });
          }}
        />
      )}
      <Field id="followup-text" label={t('followup.text')} error={error}>
        {(control) => (
          <TextArea
            {...control}
            value={text}
            placeholder={t('followup.placeholder')}
            onChange={(event) => write(event.target.value)}
          />
        )}
      </Field>
      <ul className={css.presets} aria-label={t('followup.presets')}>
        {presets(type).map((key) => (
          <li key={key}>
            <button type="button" className={css.preset} onClick={() => write(joined(text.trim(), t(key)))}>
              {t(key)}
            </button>
          </li>
        ))}
      </ul>
      {mayShoot && (
        <PhotoPicker
          photos={photos}
          onChange={(change) => shoot(change(shown.current))}
          busy={reading}
          onBusy={setReading}
          disabled={busy || restoring}
        />
      )}
      {noRoom && photos.length > 0 && (
        <p className={css.noRoom} role="alert">
          {t('photos.no_room', { n: MOST_KEPT, size: fileSize(MOST_KEPT_BYTES) })}
        </p>
      )}
      {planTo && (
        <NextPlan
          value={next}
          onChange={(at) => {
            setNext(at);
            keep({ next: at });
          }}
        />
      )}
      <div className={css.actions}>
        {plan && (
          <Button onClick={() => void onlyFinish()} disabled={busy}>
            {t('plan.only_complete')}
          </Button>
        )}
        <Button look="primary" type="submit" busy={busy} disabled={reading || restoring}>
          {t('save')}
        </Button>
      </div>
    </form>
  );
}
