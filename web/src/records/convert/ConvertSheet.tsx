/**
 * Converts a record into one of another object: a lead into a customer. What comes along is the server's to say, by the
 * names of fields; the values themselves go over without being shown.
 */
import { keepPreviousData, useQueries, useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { api, recordPath } from '@/api/client';
import type { Conversion, ConversionPreview, FieldDef, KedunRecord, ObjectDef } from '@/api/contract';
import { isProblem, Problem } from '@/api/problem';
import { conversionQuery, objectQuery, queryClient, refreshRecord } from '@/api/queries';
import { clear, isBlank, isMasked, toWire } from '@/fields';
import { say, sayOne, t } from '@/i18n';
import { readDraft } from '@/offline/drafts';
import { SALES_PURPOSE, SHORT_FORM } from '@/path';
import { Button } from '@/ui/Button';
import { Tick } from '@/ui/Input';
import { Sheet } from '@/ui/Sheet';
import { Skeleton } from '@/ui/State';
import { toast } from '@/ui/toast';
import { FormField } from '../form/FormField';
import { FormSummary } from '../form/FormSummary';
import { useForm } from '../form/useForm';
import { useHere } from '../form/useHere';
import { useOnce } from '../form/useOnce';
import { type Ground, intakeOf, NoticeBlock, readyGround } from '../intake/NoticeBlock';
import { ProblemState } from '../ProblemState';
import { problemText, toastProblem } from '../problemText';
import css from '../records.module.css';
import { titleOf } from '../title';
import { Along, fieldsNamed } from './Along';
import own from './convert.module.css';
import { type Known, KnownAlready } from './KnownAlready';

type Props = { record: KedunRecord; onClose: () => void };

export function ConvertSheet({ record, onClose }: Props) {
  // A record that changed meanwhile is previewed anew, and what was typed over the old preview stays.
  const preview = useQuery({ ...conversionQuery(record), placeholderData: keepPreviousData });
  const source = useQuery(objectQuery(record.object));
  const names = preview.data ? [preview.data.to, ...preview.data.also] : [];
  const defs = useQueries({ queries: names.map((name) => objectQuery(name)) });
  const error = preview.error ?? source.error ?? defs.find((def) => def.error)?.error;
  const again = () => {
    for (const query of [preview, source, ...defs]) if (query.error) void query.refetch();
  };
  const [target, ...also] = defs.map((def) => def.data);
  const ready = preview.data && source.data && target && also.every((def) => def !== undefined);
  if (ready)
    return (
      <Asking
        record={record}
        source={source.data}
        preview={preview.data}
        target={target}
        also={also as ObjectDef[]}
        onClose={onClose}
      />
    );
  return (
    <Sheet title={titleOf(record)} closeWord={t('close')} onClose={onClose}>
      {error ? (
        <ProblemState error={error} retry={again} small />
      ) : (
        <Skeleton rows={4} label={t('loading')} />
      )}
    </Sheet>
  );
}

type Ready = Props & { source: ObjectDef; preview: ConversionPreview; target: ObjectDef; also: ObjectDef[] };

/** What the short form of an object asks for and does not come along. */
function askedOf(def: ObjectDef, preview: ConversionPreview): FieldDef[] {
  const comes = preview.carried.filter((one) => one.object === def.name).map((one) => one.field);
  const form = def.forms.find((one) => one.name === SHORT_FORM) ?? def.forms[0];
  return (form?.fields ?? [])
    .map((name) => def.fields.find((field) => field.name === name))
    .filter((field): field is FieldDef => field !== undefined && field.right !== 'read')
    .filter((field) => field.name !== def.parent?.field && !comes.includes(field.name))
    .map((field) => ({ ...field, name: `also.${def.name}.${field.name}` }));
}

function Asking({ record, source, preview, target, also, onClose }: Ready) {
  const navigate = useNavigate();
  const keyOf = useOnce();
  const titleFrom = preview.carried.find(
    (one) => one.object === target.name && one.field === target.title_field,
  )?.from;
  const titleThere = titleFrom ? record.fields[titleFrom] : undefined;
  const before = isMasked(titleThere) ? '' : String(clear(titleThere) ?? '');
  const title = target.fields.find((field) => field.name === target.title_field);
  // A title that comes along masked may stay as it is, unseen.
  const titleDef = title && {
    ...title,
    name: `fields.${title.name}`,
    required: title.required && !isMasked(titleThere),
  };
  const asked = new Map(also.map((def) => [def.name, askedOf(def, preview)]));
  const [besides, setBesides] = useState<string[]>(() =>
    also.filter((def) => !asked.get(def.name)?.some((field) => field.required)).map((def) => def.name),
  );
  const [into, setInto] = useState<Known | null>(null);
  const [ground, setGround] = useState<Ground>(readyGround);
  const [busy, setBusy] = useState(false);
  const here = useHere();
  const draft = `convert:${record.id}`;
  // A title that nobody touched comes along with the rest; it is as the record says by now.
  const [emptied, setEmptied] = useState(
    () => titleDef !== undefined && readDraft(draft)[titleDef.name] === '',
  );
  const shown = [
    ...(titleDef && !into
      ? [{ ...titleDef, required: titleDef.required && (emptied || before === '') }]
      : []),
    ...besides.flatMap((name) => asked.get(name) ?? []),
  ];
  const form = useForm(draft, shown);
  const name = titleDef ? String(form.values[titleDef.name] ?? before) : '';
  const word = sayOne(target.label);
  const asks = preview.intake && (!into || besides.length > 0);

  async function run() {
    if (!form.check()) return;
    setBusy(true);
    form.setSummary(null);
    const said = (def: FieldDef) => {
      const value = form.values[def.name];
      return isBlank(value) ? [] : [[def.name.split('.').at(-1), toWire(value)]];
    };
    const body = {
      ...(into
        ? { into: into.id }
        : { fields: titleDef && name !== before ? Object.fromEntries(said(titleDef)) : {} }),
      also: Object.fromEntries(
        besides.map((one) => [one, Object.fromEntries((asked.get(one) ?? []).flatMap(said))]),
      ),
      ...(asks && ground.notice ? { intake: intakeOf(SALES_PURPOSE, ground, false, false) } : {}),
    };
    try {
      const made = await api.post<Conversion>(`${recordPath(record.object, record.id)}/conversions`, body, {
        ifMatch: record.revision,
        idempotencyKey: keyOf(body),
      });
      form.done();
      if (here.current) onClose();
      toast(t('convert.done', { object: word, title: titleOf(made.record) }));
      refreshRecord(record.object, record.id);
      refreshRecord(target.name, made.record.id);
      void queryClient.invalidateQueries({ queryKey: ['records', target.name] });
      if (here.current)
        void navigate({ to: '/records/$object/$id', params: { object: target.name, id: made.record.id } });
    } catch (problem) {
      if (!here.current) toastProblem(problem);
      if (!form.take(problem)) form.setSummary(problemText(problem));
      // It is one's own: there is nobody to ask, and a way to go on.
      if (isProblem(problem, 'duplicate') && preview.matches.some((match) => match.visible))
        form.setSummary(t('convert.join'));
      if (isProblem(problem, 'revision_conflict')) refreshRecord(record.object, record.id);
      if (problem instanceof Problem) {
        void queryClient.invalidateQueries({ queryKey: ['conversion', record.object, record.id] });
        if (problem.body.errors?.some((one) => one.code === 'notice_outdated'))
          void queryClient.invalidateQueries({ queryKey: ['notice'] });
      }
      setBusy(false);
    }
  }
  const groundError =
    Object.entries(form.errors).find(([field]) => field.split('.')[0] === 'intake')?.[1] ?? null;

  return (
    <Sheet
      title={t('convert.title', { object: word })}
      closeWord={t('close')}
      onClose={onClose}
      wide
      footer={
        <>
          <Button onClick={onClose}>{t('cancel')}</Button>
          <Button look="primary" busy={busy} onClick={() => void run()}>
            {into ? t('convert.run.into') : t('convert.run', { object: word })}
          </Button>
        </>
      }
    >
      <FormSummary form={form} />
      {into ? (
        <div className={own.into}>
          <p>
            <b>{t('convert.into', { title: into.title })}</b>
          </p>
          <p className={css.note}>{t('convert.into.why')}</p>
          <Button small onClick={() => setInto(null)}>
            {t('convert.into.not')}
          </Button>
        </div>
      ) : (
        <>
          {titleDef && (
            <FormField
              def={titleDef}
              value={name}
              error={form.errors[titleDef.name]}
              placeholder={isMasked(titleThere) ? titleThere.masked : undefined}
              onChange={(value) => {
                setEmptied(isBlank(value));
                form.set(titleDef.name, value);
              }}
            />
          )}
          <KnownAlready object={target.name} name={name} matches={preview.matches} onJoin={setInto} />
          <Along preview={preview} target={target} source={source} />
        </>
      )}
      {also.map((def) => (
        <section key={def.name} className={own.besides} aria-label={sayOne(def.label)}>
          <Tick
            checked={besides.includes(def.name)}
            onChange={(event) =>
              setBesides(
                event.target.checked ? [...besides, def.name] : besides.filter((other) => other !== def.name),
              )
            }
          >
            <span className={own.tick}>
              <b>{t('convert.also', { object: say(def.label) })}</b>
              <small>{fieldsNamed(preview, def)}</small>
            </span>
          </Tick>
          {besides.includes(def.name) &&
            (asked.get(def.name) ?? []).map((field) => (
              <FormField
                key={field.name}
                def={field}
                value={form.values[field.name]}
                error={form.errors[field.name]}
                onChange={(value) => form.set(field.name, value)}
              />
            ))}
        </section>
      ))}
      {asks && (
        <>
          <p className={own.again}>{t('convert.intake')}</p>
          <NoticeBlock purpose={SALES_PURPOSE} ground={ground} onChange={setGround} error={groundError} />
        </>
      )}
    </Sheet>
  );
}
