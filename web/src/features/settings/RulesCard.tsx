/** Thresholds of the alert rules: published as a version, in force at the next look, with the way back. */
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { type Defined, definitionQuery, publish, type RulesBody, settingsQuery } from '@/api/admin';
import { isProblem, Problem } from '@/api/problem';
import { queryClient } from '@/api/queries';
import { t, tCode } from '@/i18n';
import { ProblemState } from '@/records/ProblemState';
import { problemText } from '@/records/problemText';
import { Button } from '@/ui/Button';
import desk from '@/ui/desk.module.css';
import { Field } from '@/ui/Field';
import { Input } from '@/ui/Input';
import { Skeleton } from '@/ui/State';
import { toast } from '@/ui/toast';
import { Chips } from './DayList';
import { Past } from './Past';
import { shown, type Threshold, thresholds, typed, valueAt, withValue } from './rules';
import css from './settings.module.css';

const refresh = () => {
  void queryClient.invalidateQueries({ queryKey: ['definition', 'rules'] });
  void queryClient.invalidateQueries({ queryKey: ['settings'] });
};

const done = (version: number) => t('settings.rules.done', { version });

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
      {present.data && (
        <Past
          name="alerts"
          present={present.data.version}
          mayPublish={mayPublish}
          done={done}
          onDone={refresh}
        />
      )}
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
  const own = base.body.off_hours.holidays ?? [];
  const [holidays, setHolidays] = useState(own);
  const [problem, setProblem] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const textOf = ({ path, unit }: Threshold) => texts[path] ?? shown(valueAt(base.body, path), unit);
  const of = (path: string) => (problem instanceof Problem ? problem.forField(path) : null);
  const overtaken = isProblem(problem, 'definition_changed');
  const missing = thresholds.flatMap(({ inputs }) =>
    inputs.filter((input) => typed(textOf(input), input.unit) === null).map((input) => input.path),
  );
  let body = base.body;
  for (const { inputs } of thresholds)
    for (const input of inputs) {
      const value = typed(textOf(input), input.unit);
      if (value !== null) body = withValue(body, input.path, value);
    }
  if (own.length > 0) body = { ...body, off_hours: { ...body.off_hours, holidays } };
  const changed = JSON.stringify(body) !== JSON.stringify(base.body) || missing.length > 0;
  const loose =
    problem !== null && !overtaken && !thresholds.some(({ inputs }) => inputs.some((i) => of(i.path)));

  async function save() {
    if (missing.length > 0) return;
    setBusy(true);
    setProblem(null);
    try {
      const { version } = await publish('rules', 'alerts', body, base.version);
      toast(done(version + 1));
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
            <Follows
              own={holidays}
              disabled={!mayPublish}
              onChange={(next) => {
                onBegin();
                setHolidays(next);
              }}
            />
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
                setHolidays(own);
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

/** Nights and holidays are those of the company; days that a former definition had of its own still count beside them. */
function Follows({
  own,
  disabled,
  onChange,
}: {
  own: string[];
  disabled: boolean;
  onChange: (days: string[]) => void;
}) {
  const zone = useQuery(settingsQuery).data?.zone;
  return (
    <>
      {zone && (
        <p className={desk.why}>
          {t('settings.follows', { zone: tCode('company.zone', zone.replace('/', '_')) })}
        </p>
      )}
      {own.length > 0 && (
        <>
          <p className={desk.why}>{t('settings.own_days')}</p>
          <Chips days={own} disabled={disabled} label={t('settings.own_days')} onChange={onChange} />
        </>
      )}
    </>
  );
}
