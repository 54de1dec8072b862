/** With whom, how far, what for and until when: what every share must say. */
import type { PersonRef } from '@/api/contract';
import { t } from '@/i18n';
import { date, dayAt, fromWall } from '@/i18n/format';
import { Field } from '@/ui/Field';
import { Input } from '@/ui/Input';
import { Segments } from '@/ui/Segments';
import css from './actions.module.css';
import { PersonField } from './PersonField';

export type Terms = {
  person: PersonRef | null;
  level: 'read' | 'edit';
  purpose: string;
  /** A day, `2026-12-01`; the share ends with it. */
  until: string;
};

const spans = [7, 30, 90];
const dayIn = (days: number) => date(dayAt(days, 12));

export const freshTerms = (): Terms => ({ person: null, level: 'read', purpose: '', until: dayIn(30) });

export type TermsError = { field: 'person' | 'purpose' | 'until'; text: string };

/** What is still missing, in the order of the sheet. */
export function missing(terms: Terms): TermsError | null {
  if (!terms.person) return { field: 'person', text: t('share.person_needed') };
  if (terms.purpose.trim() === '') return { field: 'purpose', text: t('share.purpose_needed') };
  if (!terms.until) return { field: 'until', text: t('share.until_needed') };
  return null;
}

/** As the API takes it: until the last minute of the day. */
export function bodyOf(terms: Terms) {
  return {
    person: terms.person?.id,
    level: terms.level,
    purpose: terms.purpose.trim(),
    until: fromWall(`${terms.until}T23:59`),
  };
}

type Props = { terms: Terms; onChange: (terms: Terms) => void; error: TermsError | null };

export function ShareTerms({ terms, onChange, error }: Props) {
  const of = (field: TermsError['field']) => (error?.field === field ? error.text : null);
  const purposes = [t('share.purpose.cover'), t('share.purpose.visit'), t('share.purpose.tender')];
  const span = spans.find((days) => dayIn(days) === terms.until);
  return (
    <>
      <PersonField
        id="share-person"
        label={t('share.with')}
        value={terms.person}
        error={of('person')}
        onChange={(person) => onChange({ ...terms, person })}
      />
      <div>
        <p className={css.label}>{t('share.level')}</p>
        <Segments<'read' | 'edit'>
          label={t('share.level')}
          options={[
            { key: 'read', label: t('share.level.read') },
            { key: 'edit', label: t('share.level.edit') },
          ]}
          value={terms.level}
          onChange={(level) => onChange({ ...terms, level })}
        />
      </div>
      <Field id="share-purpose" label={t('share.purpose')} error={of('purpose')}>
        {(control) => (
          <>
            <Segments
              look="chips"
              label={t('share.purpose')}
              options={purposes.map((purpose) => ({ key: purpose, label: purpose }))}
              value={purposes.includes(terms.purpose) ? terms.purpose : null}
              onChange={(purpose) => onChange({ ...terms, purpose })}
            />
            <Input
              {...control}
              value={terms.purpose}
              maxLength={200}
              onChange={(event) => onChange({ ...terms, purpose: event.target.value })}
            />
          </>
        )}
      </Field>
      <Field id="share-until" label={t('share.until')} error={of('until')} help={t('share.until.help')}>
        {(control) => (
          <>
            <Segments
              look="chips"
              label={t('share.until')}
              options={spans.map((days) => ({ key: String(days), label: t('board.days.n', { n: days }) }))}
              value={span === undefined ? null : String(span)}
              onChange={(days) => onChange({ ...terms, until: dayIn(Number(days)) })}
            />
            <Input
              {...control}
              type="date"
              min={dayIn(0)}
              max={dayIn(365)}
              value={terms.until}
              onChange={(event) => onChange({ ...terms, until: event.target.value })}
            />
          </>
        )}
      </Field>
    </>
  );
}
