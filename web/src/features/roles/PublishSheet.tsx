/** What publishing would change, for whom, in sentences; then it is published, or somebody else was first. */
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { definitionQuery, type ObjectBody, preview, publish, type RoleBody } from '@/api/admin';
import type { Effect } from '@/api/contract';
import { isProblem } from '@/api/problem';
import { queryClient } from '@/api/queries';
import { say, t, tCode } from '@/i18n';
import { dateTime } from '@/i18n/format';
import { useHere } from '@/records/form/useHere';
import { ProblemState } from '@/records/ProblemState';
import { problemText, toastProblem } from '@/records/problemText';
import { Button } from '@/ui/Button';
import { cx } from '@/ui/cx';
import desk from '@/ui/desk.module.css';
import { Icon } from '@/ui/Icon';
import { Sheet } from '@/ui/Sheet';
import { Skeleton } from '@/ui/State';
import { toast } from '@/ui/toast';
import { actText } from './ActsEditor';
import css from './roles.module.css';
import { inOrder, scopeText, verbText } from './scopes';

export function PublishSheet({
  name,
  label,
  body,
  basedOn,
  objects,
  onClose,
  onPublished,
  onDone,
}: {
  name: string;
  label: string;
  body: RoleBody;
  basedOn: number;
  objects: ObjectBody[];
  onClose: () => void;
  /** It is in force, whoever still looks at the sheet. */
  onPublished: () => void;
  onDone: () => void;
}) {
  const told = useQuery({
    queryKey: ['preview', 'role', name, body],
    queryFn: () => preview('role', name, body),
    gcTime: 0,
  });
  const [problem, setProblem] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const here = useHere();
  const overtaken = isProblem(problem, 'definition_changed');
  const fresh = basedOn === 0;
  const blocked = (told.data?.problems.length ?? 0) > 0;

  async function run() {
    setBusy(true);
    setProblem(null);
    try {
      const { version } = await publish('role', name, body, basedOn);
      toast(fresh ? t('roles.new.done', { role: label }) : t('roles.published', { role: label, version }));
      onPublished();
      if (here.current) onDone();
      else
        for (const queryKey of [['definition'], ['definitions'], ['roles']])
          void queryClient.invalidateQueries({ queryKey });
    } catch (caught) {
      if (!here.current) toastProblem(caught);
      setProblem(caught);
      setBusy(false);
    }
  }

  return (
    <Sheet
      wide
      title={t(fresh ? 'roles.new.preview' : 'roles.preview.title', { role: label })}
      closeWord={t('close')}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{t('roles.back')}</Button>
          {overtaken && fresh ? null : overtaken ? (
            <Button look="primary" onClick={onDone}>
              {t('roles.take_theirs')}
            </Button>
          ) : (
            <Button look="primary" busy={busy} disabled={!told.data || blocked} onClick={() => void run()}>
              {t(fresh ? 'roles.new.publish' : 'roles.publish')}
            </Button>
          )}
        </>
      }
    >
      {told.isPending && <Skeleton rows={3} label={t('loading')} />}
      {told.error && <ProblemState error={told.error} retry={() => void told.refetch()} small />}
      {overtaken && !fresh && <Overtaken name={name} />}
      {overtaken && fresh && (
        <p className={desk.alert} role="alert">
          {t('roles.new.taken', { name })}
        </p>
      )}
      {problem !== null && !overtaken && (
        <p className={desk.alert} role="alert">
          {problemText(problem)}
        </p>
      )}
      {told.data && blocked && (
        <ul className={desk.alert} role="alert">
          {told.data.problems.map((one) => (
            <li key={`${one.field}${one.code}`}>
              <b>{placeText(one.field)}</b> {one.message}
            </li>
          ))}
        </ul>
      )}
      {told.data && !blocked && (
        <>
          <section className={desk.part}>
            {!fresh && <h3>{t('roles.effects')}</h3>}
            <ul className={css.effects}>
              {gathered(told.data.effects ?? []).map(({ effect, fields }) => (
                <EffectLine key={JSON.stringify(effect)} effect={effect} fields={fields} objects={objects} />
              ))}
              {told.data.effects?.length === 0 && <li>{t('roles.effects.none')}</li>}
            </ul>
          </section>
          {!fresh && (
            <section className={desk.part}>
              <h3>{t('roles.holders', { n: told.data.holders?.length ?? 0 })}</h3>
              <p>
                {told.data.holders?.map((one) => one.name).join(t('list.comma')) || t('roles.holders.none')}
              </p>
            </section>
          )}
          <p className={desk.note}>{t(fresh ? 'roles.new.next' : 'roles.publish.why')}</p>
        </>
      )}
    </Sheet>
  );
}

/** Two published at once: who was first, and that what was clicked here is based on what is no longer in force. */
function Overtaken({ name }: { name: string }) {
  const theirs = useQuery(definitionQuery<RoleBody>('role', name));
  return (
    <div className={desk.alert} role="alert">
      <p>{t('roles.overtaken')}</p>
      {theirs.data && (
        <p>
          {t('roles.overtaken.by', {
            version: theirs.data.version,
            time: dateTime(theirs.data.published_at),
            name: theirs.data.published_by_name ?? t('timeline.system'),
          })}
        </p>
      )}
    </div>
  );
}

const order = ['none', 'masked', 'masked+edit', 'reveal', 'reveal+edit', 'read', 'edit'];

function gains(effect: Effect): boolean {
  switch (effect.what) {
    case 'grant_added':
      return true;
    case 'grant_removed':
      return false;
    case 'verb':
      return effect.gained;
    case 'field':
      return order.indexOf(effect.to) > order.indexOf(effect.from);
    case 'act':
      return effect.to === 'all' || effect.from === null;
    case 'reveals':
      return effect.to > effect.from;
    case 'scope':
      return true;
  }
}

type Gathered = { effect: Effect; fields: Effect[] };

/** What a new grant shows of each field belongs to the grant; told one by one it would bury everything else. */
function gathered(effects: Effect[]): Gathered[] {
  const of = (grant: string) => effects.filter((one) => one.what === 'field' && one.grant === grant);
  const added = new Set(effects.flatMap((one) => (one.what === 'grant_added' ? [one.grant] : [])));
  return effects
    .filter((one) => one.what !== 'field' || !added.has(one.grant))
    .map((effect) => ({ effect, fields: effect.what === 'grant_added' ? of(effect.grant) : [] }));
}

/** Where a mistake is, in the words of this page as far as it has them. */
function placeText(place: string): string {
  if (place === 'label.zh' || place === 'label.en') return t(`roles.${place}`);
  if (place === 'name') return t('roles.name');
  if (place === 'holders') return t('roles.place.holders');
  if (place.startsWith('acts.')) return actText(place.slice('acts.'.length));
  return place;
}

function EffectLine({ effect, fields, objects }: Gathered & { objects: ObjectBody[] }) {
  const gain = gains(effect);
  return (
    <li className={cx(css.effect, gain ? css.gain : css.loss)}>
      <Icon name={gain ? 'plus' : 'lock'} size={18} />
      <span>
        <span className="sr">{t(gain ? 'effect.more' : 'effect.less')} </span>
        {effectText(effect, objects)}
        {fields.length > 0 && (
          <details className={css.shown}>
            <summary>{t('effect.fields', { n: fields.length })}</summary>
            <ul>
              {fields.map((field) => (
                <li key={JSON.stringify(field)}>{shownText(field, objects)}</li>
              ))}
            </ul>
          </details>
        )}
      </span>
    </li>
  );
}

/** A field of a new grant: only what it is shown as; what is nothing before needs no words. */
function shownText(effect: Effect, objects: ObjectBody[]): string {
  if (effect.what !== 'field') return '';
  const object = objects.find((one) => one.name === effect.object);
  const field = object?.fields.find((one) => one.name === effect.field);
  return t('roles.grant', { scope: say(field?.label) || effect.field, verbs: tCode('verdict', effect.to) });
}

function effectText(effect: Effect, objects: ObjectBody[]): string {
  const labelOf = (name: string) => say(objects.find((one) => one.name === name)?.label) || name;
  const rows = (scope: Parameters<typeof scopeText>[0]) => scopeText(scope, labelOf);
  const reach = (value: string | null) => tCode('roles.act', value ?? 'none');
  switch (effect.what) {
    case 'grant_added':
      return t('effect.grant_added', {
        object: labelOf(effect.object),
        scope: rows(effect.scope),
        verbs: inOrder(effect.verbs).map(verbText).join(t('list.comma')),
      });
    case 'grant_removed':
      return t('effect.grant_removed', { object: labelOf(effect.object), scope: rows(effect.scope) });
    case 'scope':
      return t('effect.scope', {
        object: labelOf(effect.object),
        from: rows(effect.from),
        to: rows(effect.to),
      });
    case 'verb':
      return t(effect.gained ? 'effect.verb_gained' : 'effect.verb_lost', {
        object: labelOf(effect.object),
        scope: rows(effect.scope),
        verb: verbText(effect.verb),
      });
    case 'field': {
      const field = objects
        .find((one) => one.name === effect.object)
        ?.fields.find((one) => one.name === effect.field);
      return t('effect.field', {
        object: labelOf(effect.object),
        scope: rows(effect.scope),
        field: say(field?.label) || effect.field,
        from: tCode('verdict', effect.from),
        to: tCode('verdict', effect.to),
      });
    }
    case 'act':
      return t('effect.act', { act: actText(effect.act), from: reach(effect.from), to: reach(effect.to) });
    case 'reveals':
      return t('effect.reveals', { from: effect.from, to: effect.to });
  }
}
