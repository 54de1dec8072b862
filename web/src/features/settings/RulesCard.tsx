/** Thresholds of the alert rules: published as a version, in force at the next look, with the way back. */
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { type Defined, definitionQuery, publish, type RulesBody, rollBack, versionsQuery } from '@/api/admin';
import { isProblem, Problem } from '@/api/problem';
import { queryClient } from '@/api/queries';
import { t, tCode } from '@/i18n';
import { dateTime } from '@/i18n/format';
import { ProblemState } from '@/records/ProblemState';
import { problemText } from '@/records/problemText';
import { Button } from '@/ui/Button';
import desk from '@/ui/desk.module.css';
import { Field } from '@/ui/Field';
import { Input, TextArea } from '@/ui/Input';
import { Skeleton } from '@/ui/State';
import { toast } from '@/ui/toast';
import { shown, type Threshold, thresholds, typed, valueAt, withValue } from './rules';
import css from './settings.module.css';

const refresh = () => {
  void queryClient.invalidateQueries({ queryKey: ['definition', 'rules'] });
  void queryClient.invalidateQueries({ queryKey: ['settings'] });
};

export function RulesCard({ mayPublish }: { mayPublish: boolean }) {
  const present = useQuery(definitionQuery<RulesBody>('rules', 'alerts'));
  const [begun, setBegun] = useState<Defined<RulesBody> | null>(null);
  const base = begun ?? present.data;
  return (
    <section className={desk.card}>
      <h2>{t('settings.rules')}</h2>
      <p className={desk.why}>{t('settings.rules.why')}</p>
      {present.isPending && <Skeleton rows={4} label={t('loading')} />}
      {present.error && <ProblemState error={present.error} retry={() => void present.refetch()} small />}
      {base && (
        <RulesForm
          key={base.version}
          base={base}
          mayPublish={mayPublish}
          onBegin={() => setBegun((before) => before ?? base)}
          onDone={() => {
            setBegun(null);
            refresh();
          }}
        />
      )}
      {present.data && <Past present={present.data.version} mayPublish={mayPublish} />}
    </section>
  );
}

function RulesForm({
  base,
  mayPublish,
  onBegin,
  onDone,
}: {
  base: Defined<RulesBody>;
  mayPublish: boolean;
  onBegin: () => void;
  onDone: () => void;
}) {
  const [texts, setTexts] = useState<Record<string, string>>({});
  const [holidays, setHolidays] = useState(base.body.off_hours.holidays.join('\n'));
  const [problem, setProblem] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const textOf = ({ path, unit }: Threshold) => texts[path] ?? shown(valueAt(base.body, path), unit);
  const of = (path: string) => (problem instanceof Problem ? problem.forField(path) : null);
  const overtaken = isProblem(problem, 'definition_changed');
  const days = holidays.split(/[\s,，]+/).filter(Boolean);
  const wrong = days.filter((day) => !/^\d{4}-\d{2}-\d{2}$/.test(day) || Number.isNaN(Date.parse(day)));
  const missing = thresholds.flatMap(({ inputs }) =>
    inputs.filter((input) => typed(textOf(input), input.unit) === null).map((input) => input.path),
  );
  let body = base.body;
  for (const { inputs } of thresholds)
    for (const input of inputs) {
      const value = typed(textOf(input), input.unit);
      if (value !== null) body = withValue(body, input.path, value);
    }
  body = { ...body, off_hours: { ...body.off_hours, holidays: [...new Set(days)].sort() } };
  const changed = JSON.stringify(body) !== JSON.stringify(base.body) || missing.length > 0;
  const loose =
    problem !== null && !overtaken && !thresholds.some(({ inputs }) => inputs.some((i) => of(i.path)));

  async function save() {
    if (missing.length > 0 || wrong.length > 0) return;
    setBusy(true);
    setProblem(null);
    try {
      const { version } = await publish('rules', 'alerts', body, base.version);
      toast(t('settings.rules.done', { version: version + 1 }));
      onDone();
    } catch (caught) {
      setProblem(caught);
    }
    setBusy(false);
  }

  return (
    <form
      className={desk.form}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      {thresholds.map(({ rule, inputs }) => (
        <fieldset key={rule} className={css.rule} disabled={!mayPublish}>
          <legend>
            <b>{rule}</b> {tCode('rule', rule)}
          </legend>
          <div className={css.inputs}>
            {inputs.map((input) => (
              <Field
                key={input.path}
                id={`rule-${input.path}`}
                label={tCode('rule.input', input.path.replace('.', '_'))}
                error={of(input.path) ?? (missing.includes(input.path) ? t('settings.number') : null)}
              >
                {(control) => (
                  <Input
                    {...control}
                    type={input.unit === 'time' ? 'time' : 'number'}
                    inputMode={input.unit === 'time' ? undefined : 'numeric'}
                    value={textOf(input)}
                    onChange={(event) => {
                      onBegin();
                      setTexts({ ...texts, [input.path]: event.target.value });
                    }}
                  />
                )}
              </Field>
            ))}
          </div>
          {rule === 'R03' && (
            <Field
              id="rule-holidays"
              label={t('settings.holidays')}
              help={t('settings.holidays.help')}
              error={
                wrong.length > 0 ? t('settings.holidays.wrong', { days: wrong.join(t('list.comma')) }) : null
              }
            >
              {(control) => (
                <TextArea
                  {...control}
                  rows={3}
                  value={holidays}
                  onChange={(event) => {
                    onBegin();
                    setHolidays(event.target.value);
                  }}
                />
              )}
            </Field>
          )}
        </fieldset>
      ))}
      {overtaken && (
        <div className={desk.alert} role="alert">
          <p>{t('settings.overtaken')}</p>
          <Button onClick={onDone}>{t('roles.take_theirs')}</Button>
        </div>
      )}
      {loose && (
        <p className={desk.alert} role="alert">
          {problemText(problem)}
        </p>
      )}
      {mayPublish ? (
        <div className={desk.actions}>
          <Button look="primary" type="submit" busy={busy} disabled={!changed || overtaken}>
            {t('settings.rules.publish')}
          </Button>
          {changed && (
            <Button
              onClick={() => {
                setTexts({});
                setHolidays(base.body.off_hours.holidays.join('\n'));
                setProblem(null);
                onDone();
              }}
            >
              {t('roles.discard')}
            </Button>
          )}
        </div>
      ) : (
        <p className={desk.note}>{t('settings.rules.whose')}</p>
      )}
    </form>
  );
}

function Past({ present, mayPublish }: { present: number; mayPublish: boolean }) {
  const versions = useQuery(versionsQuery('rules', 'alerts'));
  const back = useMutation({
    // What the product brings is no version that was published; it is published anew.
    mutationFn: (to: number) =>
      to === 0 ? publish('rules', 'alerts', {}, present) : rollBack('rules', 'alerts', to, present),
    onSuccess: ({ version }) => toast(t('settings.rules.done', { version: version + 1 })),
    onSettled: refresh,
  });
  if (!versions.data || versions.data.length < 2) return null;
  return (
    <details>
      <summary className={css.summary}>{t('settings.past', { n: versions.data.length })}</summary>
      <ul className={desk.list}>
        {versions.data.map((version) => (
          <li key={version.version} className={desk.item}>
            <div className={desk.words}>
              <b>{t('versions.number', { n: version.version + 1 })}</b>
              <span className={desk.meta}>
                {version.version === 0
                  ? t('settings.brought')
                  : `${dateTime(version.published_at)} · ${version.published_by_name ?? ''}`}
              </span>
            </div>
            {mayPublish && version.version !== present && (
              <Button small busy={back.isPending} onClick={() => back.mutate(version.version)}>
                {t('versions.back')}
              </Button>
            )}
          </li>
        ))}
      </ul>
      {back.error && (
        <p className={desk.alert} role="alert">
          {problemText(back.error)}
        </p>
      )}
    </details>
  );
}
