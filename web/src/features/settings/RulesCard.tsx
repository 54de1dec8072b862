/** Thresholds of the alert rules: published as a version, in force at the next look, with the way back. */
import { useQuery } from '@tanstack/react-query';
import { type RulesBody, settingsQuery } from '@/api/admin';
import { Problem } from '@/api/problem';
import { queryClient } from '@/api/queries';
import { t, tCode } from '@/i18n';
import { useKeptForm } from '@/records/form/useKeptForm';
import desk from '@/ui/desk.module.css';
import { Field } from '@/ui/Field';
import { Input } from '@/ui/Input';
import { Chips } from './DayList';
import { type DefinitionForm, PublishedCard, PublishForm, usePublishing } from './Published';
import { shown, type Threshold, thresholds, typed, valueAt, withValue } from './rules';
import css from './settings.module.css';

const refresh = () => {
  void queryClient.invalidateQueries({ queryKey: ['definition', 'rules'] });
  void queryClient.invalidateQueries({ queryKey: ['settings'] });
};

const done = (version: number) => t('settings.rules.done', { version });

export function RulesCard({ mayPublish }: { mayPublish: boolean }) {
  return (
    <PublishedCard
      name="alerts"
      title={t('settings.rules')}
      why={t('settings.rules.why')}
      mayPublish={mayPublish}
      done={done}
      refresh={refresh}
      form={RulesForm}
    />
  );
}

function RulesForm({ draft, base, mayPublish, onBegin, onDone }: DefinitionForm<RulesBody>) {
  const own = base.body.off_hours.holidays ?? [];
  const untouched: { texts: Record<string, string>; holidays: string[] } = { texts: {}, holidays: own };
  const [{ texts, holidays }, keep, drop] = useKeptForm(draft, base, untouched);
  const publishing = usePublishing('alerts', base, done, onDone);
  const { problem } = publishing;
  const textOf = ({ path, unit }: Threshold) => texts[path] ?? shown(valueAt(base.body, path), unit);
  const of = (path: string) => (problem instanceof Problem ? problem.forField(path) : null);
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

  return (
    <PublishForm
      publishing={publishing}
      mayPublish={mayPublish}
      changed={changed}
      sound={missing.length === 0}
      placed={thresholds.some(({ inputs }) => inputs.some((input) => of(input.path)))}
      words={{ overtaken: t('settings.overtaken'), publish: t('settings.rules.publish') }}
      onSave={() => void publishing.save(body)}
      onDiscard={() => {
        drop();
        onDone();
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
                      keep({ texts: { ...texts, [input.path]: event.target.value }, holidays });
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
                keep({ texts, holidays: next });
              }}
            />
          )}
        </fieldset>
      ))}
    </PublishForm>
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
