/** What is published as a version: read by everybody it concerns, changed by one, in force at once, with the way back. */
import { useQuery } from '@tanstack/react-query';
import { type ComponentType, type FormEvent, type ReactNode, useState } from 'react';
import { type Defined, definitionQuery, publish } from '@/api/admin';
import { isProblem } from '@/api/problem';
import { t } from '@/i18n';
import { dropDraft } from '@/offline/drafts';
import { keptBase } from '@/records/form/useKeptForm';
import { ProblemState } from '@/records/ProblemState';
import { problemText } from '@/records/problemText';
import { Button } from '@/ui/Button';
import desk from '@/ui/desk.module.css';
import { Skeleton } from '@/ui/State';
import { toast } from '@/ui/toast';
import { Past } from './Past';

/** What a form of a definition is given: the version it starts from, and whom to tell of the first touch and the end. */
export type DefinitionForm<B> = {
  /** Under which name what was typed is kept. */
  draft: string;
  base: Defined<B>;
  mayPublish: boolean;
  onBegin: () => void;
  onDone: () => void;
};

type CardProps<B> = {
  /** Name of the definition among the rules. */
  name: 'company' | 'alerts';
  title: string;
  why: string;
  mayPublish: boolean;
  done: (version: number) => string;
  /** Asks again for what follows the definition. */
  refresh: () => void;
  form: ComponentType<DefinitionForm<B>>;
};

export function PublishedCard<B extends object>({
  name,
  title,
  why,
  mayPublish,
  done,
  refresh,
  form: Form,
}: CardProps<B>) {
  const present = useQuery(definitionQuery<B>('rules', name));
  // A form that was begun stays with the version it began from: what arrives meanwhile would take away what was typed.
  const draft = `rules:${name}`;
  const [begun, setBegun] = useState(() => keptBase<Defined<B>>(draft));
  const base = begun ?? present.data;
  return (
    <section className={desk.card}>
      <h2>{title}</h2>
      <p className={desk.why}>{why}</p>
      {present.isPending && <Skeleton rows={4} label={t('loading')} />}
      {present.error && <ProblemState error={present.error} retry={() => void present.refetch()} small />}
      {base && (
        <Form
          key={base.version}
          draft={draft}
          base={base}
          mayPublish={mayPublish}
          onBegin={() => setBegun((before) => before ?? base)}
          onDone={() => {
            dropDraft(draft);
            setBegun(null);
            refresh();
          }}
        />
      )}
      {present.data && (
        <Past
          name={name}
          present={present.data.version}
          mayPublish={mayPublish}
          done={done}
          onDone={refresh}
        />
      )}
    </section>
  );
}

/** Publishing against the version that the form began from. */
export function usePublishing<B extends object>(
  name: 'company' | 'alerts',
  base: Defined<B>,
  done: (version: number) => string,
  onDone: () => void,
) {
  const [problem, setProblem] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  return {
    problem,
    busy,
    /** Somebody published in between. */
    overtaken: isProblem(problem, 'definition_changed'),
    forget: () => setProblem(null),
    save: async (body: B) => {
      setBusy(true);
      setProblem(null);
      try {
        const { version } = await publish('rules', name, body, base.version);
        toast(done(version + 1));
        onDone();
      } catch (caught) {
        setProblem(caught);
      }
      setBusy(false);
    },
  };
}

type FormProps = {
  publishing: Omit<ReturnType<typeof usePublishing<object>>, 'save'>;
  mayPublish: boolean;
  /** Something to publish or to discard. */
  changed: boolean;
  /** Nothing that the form itself finds wrong. */
  sound: boolean;
  /** Whether the server's refusal stands beside a field already. */
  placed: boolean;
  words: { overtaken: string; publish: string; note?: string | undefined };
  onSave: () => void;
  onDiscard: () => void;
  children: ReactNode;
};

/** The form around the fields: what went wrong as a whole, publish and discard, or whose it is. */
export function PublishForm({ publishing, mayPublish, changed, sound, placed, words, ...props }: FormProps) {
  const { problem, busy, overtaken, forget } = publishing;
  function submit(event: FormEvent) {
    event.preventDefault();
    if (sound) props.onSave();
  }
  function discard() {
    forget();
    props.onDiscard();
  }
  return (
    <form className={desk.form} noValidate onSubmit={submit}>
      {props.children}
      {overtaken && (
        <div className={desk.alert} role="alert">
          <p>{words.overtaken}</p>
          <Button onClick={discard}>{t('roles.take_theirs')}</Button>
        </div>
      )}
      {problem !== null && !overtaken && !placed && (
        <p className={desk.alert} role="alert">
          {problemText(problem)}
        </p>
      )}
      {words.note && (
        <p className={desk.note} aria-live="polite">
          {words.note}
        </p>
      )}
      {mayPublish ? (
        <div className={desk.actions}>
          <Button look="primary" type="submit" busy={busy} disabled={!changed || !sound || overtaken}>
            {words.publish}
          </Button>
          {changed && <Button onClick={discard}>{t('roles.discard')}</Button>}
        </div>
      ) : (
        <p className={desk.note}>{t('settings.rules.whose')}</p>
      )}
    </form>
  );
}
