/** Who the company is, whom customers turn to, and its calendar: published as a version, in force at once. */
import { useQuery } from '@tanstack/react-query';
import { type CompanyBody, settingsQuery, type Weekday, weekdays } from '@/api/admin';
import type { Label } from '@/api/contract';
import { Problem } from '@/api/problem';
import { queryClient } from '@/api/queries';
import { t, tCode } from '@/i18n';
import { useKeptForm } from '@/records/form/useKeptForm';
import desk from '@/ui/desk.module.css';
import { Field } from '@/ui/Field';
import { Input, Select, Tick } from '@/ui/Input';
import css from './company.module.css';
import { DayList } from './DayList';
import { reaches } from './days';
import { Fortnight } from './Fortnight';
import { type DefinitionForm, PublishedCard, PublishForm, usePublishing } from './Published';

/** Times everywhere go by the company's clock, so who we are is asked again as well. */
const refresh = () => {
  for (const queryKey of [['definition', 'rules'], ['settings'], ['me'], ['public']])
    void queryClient.invalidateQueries({ queryKey });
};
const done = (version: number) => t('company.done', { version });

export function CompanyCard({ mayPublish }: { mayPublish: boolean }) {
  return (
    <PublishedCard
      name="company"
      title={t('company.title')}
      why={t('company.why')}
      mayPublish={mayPublish}
      done={done}
      refresh={refresh}
      form={CompanyForm}
    />
  );
}

/** Every field of the server's refusals that has a control of its own. */
const PLACES =
  /^(name\.(zh|en)|address|contact\.(who\.(zh|en)|email|phone)|calendar\.(zone|working_week|holidays|makeup_days)(\[\d+\])?|answer_days)$/;

function CompanyForm({ draft, base, mayPublish, onBegin, onDone }: DefinitionForm<CompanyBody>) {
  const [{ body, answer }, keep, drop] = useKeptForm(draft, base, {
    body: base.body,
    answer: String(base.body.answer_days),
  });
  const publishing = usePublishing('company', base, done, onDone);
  const settings = useQuery(settingsQuery);
  const { calendar } = body;
  const next: CompanyBody = { ...body, answer_days: Number(answer) };
  const wrongAnswer = !/^([1-9]|1[0-5])$/.test(answer.trim());
  const changes = reaches(base.body, next);
  const { problem } = publishing;
  const errors = problem instanceof Problem ? (problem.body.errors ?? []) : [];
  const of = (path: string) => errors.find(({ field }) => field === path)?.message ?? null;
  const list = (path: 'holidays' | 'makeup_days') => {
    const found = errors.find(({ field }) => field.startsWith(`calendar.${path}`));
    const nth = /\[(\d+)\]$/.exec(found?.field ?? '')?.[1];
    return { error: found?.message ?? null, wrong: nth ? calendar[path][Number(nth)] : undefined };
  };
  const zones = settings.data?.zones ?? [{ name: calendar.zone, utc_offset_minutes: 480 }];
  const zone = zones.find(({ name }) => name === calendar.zone);

  function change(part: Partial<CompanyBody>) {
    onBegin();
    keep({ body: { ...body, ...part }, answer });
  }
  const days = (part: Partial<CompanyBody['calendar']>) => change({ calendar: { ...calendar, ...part } });
  const works = (day: Weekday, on: boolean) =>
    days({
      working_week: weekdays.filter((one) => (one === day ? on : calendar.working_week.includes(one))),
    });

  const text = (id: string, label: string, value: string, onText: (value: string) => void, type = 'text') => (
    <Field id={`company-${id}`} label={label} error={of(id)}>
      {(control) => (
        <Input {...control} type={type} value={value} onChange={(event) => onText(event.target.value)} />
      )}
    </Field>
  );
  const both = (
    id: string,
    label: 'company.name' | 'company.who',
    value: Label,
    onLabel: (v: Label) => void,
  ) => (
    <div className={desk.pair}>
      {text(`${id}.zh`, t(`${label}.zh`), value.zh, (zh) => onLabel({ ...value, zh }))}
      {text(`${id}.en`, t(`${label}.en`), value.en, (en) => onLabel({ ...value, en }))}
    </div>
  );

  return (
    <PublishForm
      publishing={publishing}
      mayPublish={mayPublish}
      changed={changes.length > 0 || wrongAnswer}
      sound={!wrongAnswer}
      placed={errors.some(({ field }) => PLACES.test(field))}
      words={{
        overtaken: t('company.overtaken'),
        publish: t('company.publish'),
        note: changes.map((reach) => t(`company.reaches.${reach}`)).join(t('company.reaches.join')),
      }}
      onSave={() => void publishing.save(next)}
      onDiscard={() => {
        drop();
        onDone();
      }}
    >
      <fieldset className={css.part} disabled={!mayPublish}>
        <legend>{t('company.part.public')}</legend>
        {both('name', 'company.name', body.name, (name) => change({ name }))}
        {text('address', t('company.address'), body.address ?? '', (address) => change({ address }))}
        {both('contact.who', 'company.who', body.contact.who, (who) =>
          change({ contact: { ...body.contact, who } }),
        )}
        <div className={desk.pair}>
          {text(
            'contact.email',
            t('company.email'),
            body.contact.email ?? '',
            (email) => change({ contact: { ...body.contact, email } }),
            'email',
          )}
          {text(
            'contact.phone',
            t('company.phone'),
            body.contact.phone ?? '',
            (phone) => change({ contact: { ...body.contact, phone } }),
            'tel',
          )}
        </div>
      </fieldset>
      <fieldset className={css.part} disabled={!mayPublish}>
        <legend>{t('company.part.calendar')}</legend>
        <div className={desk.pair}>
          <Field
            id="company-zone"
            label={t('company.zone')}
            help={t('company.zone.help')}
            error={of('body.calendar.zone')}
          >
            {(control) => (
              <Select
                {...control}
                value={calendar.zone}
                onChange={(event) => days({ zone: event.target.value })}
              >
                {zones.map(({ name, utc_offset_minutes }) => (
                  <option key={name} value={name}>
                    {tCode('company.zone', name.replace('/', '_'))} {east(utc_offset_minutes)}
                  </option>
                ))}
              </Select>
            )}
          </Field>
          <Field
            id="company-answer"
            label={t('company.answer')}
            help={t('company.answer.help')}
            error={wrongAnswer ? t('company.answer.wrong') : of('answer_days')}
          >
            {(control) => (
              <Input
                {...control}
                type="number"
                inputMode="numeric"
                min={1}
                max={15}
                value={answer}
                onChange={(event) => {
                  onBegin();
                  keep({ body, answer: event.target.value });
                }}
              />
            )}
          </Field>
        </div>
        <div>
          <p className={css.label} id="company-week">
            {t('company.week')}
          </p>
          {/* biome-ignore lint/a11y/useSemanticElements: a fieldset within a fieldset would be read out twice */}
          <div className={css.week} role="group" aria-labelledby="company-week">
            {weekdays.map((day) => (
              <Tick
                key={day}
                checked={calendar.working_week.includes(day)}
                onChange={(event) => works(day, event.target.checked)}
              >
                {tCode('company.day', day)}
              </Tick>
            ))}
          </div>
          {of('calendar.working_week') && (
            <p className={css.error} role="alert">
              {of('calendar.working_week')}
            </p>
          )}
        </div>
        <div className={css.lists}>
          <DayList
            id="company-holidays"
            label={t('company.holidays')}
            help={t('company.holidays.help')}
            days={calendar.holidays}
            disabled={!mayPublish}
            onChange={(holidays) => days({ holidays })}
            {...list('holidays')}
          />
          <DayList
            id="company-makeup"
            label={t('company.makeup')}
            help={t('company.makeup.help')}
            days={calendar.makeup_days}
            disabled={!mayPublish}
            onChange={(makeup_days) => days({ makeup_days })}
            {...list('makeup_days')}
          />
        </div>
        <Fortnight calendar={calendar} minutesEast={zone?.utc_offset_minutes ?? 480} />
      </fieldset>
    </PublishForm>
  );
}

/** `UTC+8`, `UTC+5:30`. */
function east(minutes: number): string {
  const rest = minutes % 60;
  return `UTC+${Math.floor(minutes / 60)}${rest ? `:${String(rest).padStart(2, '0')}` : ''}`;
}
