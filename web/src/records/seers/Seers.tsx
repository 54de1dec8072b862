/** 谁能看: everybody who can see a record now, each with the rule that lets them, and why one person sees one field. */
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { explainQuery, rolesQuery, seersQuery } from '@/api/admin';
import type { Label, PersonRef } from '@/api/contract';
import { PersonInput } from '@/fields/person';
import { say, t, tCode } from '@/i18n';
import { Avatar } from '@/ui/Avatar';
import { Field } from '@/ui/Field';
import { Icon } from '@/ui/Icon';
import { Select } from '@/ui/Input';
import { Skeleton, State } from '@/ui/State';
import { Tag, type Tone } from '@/ui/Tag';
import { ProblemState } from '../ProblemState';
import { reasonText, rightText } from './reason';
import css from './seers.module.css';

const tones: Record<string, Tone> = {
  read: 'amber',
  edit: 'cinnabar',
  reveal: 'indigo',
  'reveal+edit': 'indigo',
};
/** What is asked about a field: its name and what people call it. */
export type Asked = { name: string; label: Label };

export function Seers({ object, id, fields }: { object: string; id: string; fields: Asked[] }) {
  const [field, setField] = useState('');
  const seers = useQuery(seersQuery(object, id, field || undefined));
  const roles = useQuery(rolesQuery);
  const known = roles.data ?? [];
  return (
    <div className={css.seers}>
      <p className={css.why}>{t('seers.why')}</p>
      <Field id="seers-field" label={t('seers.field')}>
        {(control) => (
          <Select {...control} value={field} onChange={(event) => setField(event.target.value)}>
            <option value="">{t('seers.any_field')}</option>
            {fields.map((one) => (
              <option key={one.name} value={one.name}>
                {say(one.label)}
              </option>
            ))}
          </Select>
        )}
      </Field>
      {seers.isPending && <Skeleton rows={4} label={t('loading')} />}
      {seers.error && <ProblemState error={seers.error} retry={() => void seers.refetch()} />}
      {seers.data && (
        <>
          {seers.data.who?.length === 0 && (
            <State small icon="lock" title={t('seers.empty')} why={t('seers.empty.why')} />
          )}
          <ul className={css.list} aria-label={t('seers.title')}>
            {seers.data.who?.map((seer) => (
              <li key={seer.person.id} className={css.seer}>
                <Avatar name={seer.person.name ?? ''} />
                <div className={css.words}>
                  <p className={css.line}>
                    <b>{seer.person.name}</b>
                    <span className={css.meta}>{seer.department?.name}</span>
                    <Tag tone={tones[seer.right] ?? 'grey'}>
                      {t(field ? 'seers.right.field' : 'seers.right', {
                        right: tCode('verdict', seer.right),
                      })}
                    </Tag>
                  </p>
                  {seer.because.map((because) => (
                    <p key={because.grant} className={css.why}>
                      {reasonText(because, known)}
                    </p>
                  ))}
                </div>
              </li>
            ))}
          </ul>
          {(seers.data.others ?? 0) > 0 && (
            <p className={css.why}>{t('seers.others', { n: seers.data.others ?? 0 })}</p>
          )}
        </>
      )}
      <Why object={object} id={id} fields={fields} />
    </div>
  );
}

function Why({ object, id, fields }: { object: string; id: string; fields: Asked[] }) {
  const [person, setPerson] = useState<PersonRef | null>(null);
  const [field, setField] = useState('');
  const roles = useQuery(rolesQuery);
  const answer = useQuery({ ...explainQuery(object, id, person?.id ?? '', field), enabled: person !== null });
  const name = person?.name ?? '';
  const label = say(fields.find((one) => one.name === field)?.label);
  return (
    <section className={css.seers} aria-label={t('seers.ask')}>
      <h2>{t('seers.ask')}</h2>
      <div className={css.ask}>
        <Field id="why-person" label={t('seers.person')}>
          {(control) => (
            <PersonInput
              control={control}
              def={{ label: { zh: t('seers.person'), en: t('seers.person') }, required: true } as never}
              value={person as never}
              onChange={(picked) => setPerson((picked || null) as PersonRef | null)}
            />
          )}
        </Field>
        <Field id="why-field" label={t('seers.field')}>
          {(control) => (
            <Select {...control} value={field} onChange={(event) => setField(event.target.value)}>
              <option value="">{t('seers.whole')}</option>
              {fields.map((one) => (
                <option key={one.name} value={one.name}>
                  {say(one.label)}
                </option>
              ))}
            </Select>
          )}
        </Field>
      </div>
      {person && answer.isPending && <Skeleton rows={2} label={t('loading')} />}
      {answer.error && <ProblemState error={answer.error} retry={() => void answer.refetch()} small />}
      {answer.data && (
        <div className={css.answer} role="status">
          <p>
            <b>
              {answer.data.verdict === 'none'
                ? t(field ? 'seers.cannot.field' : 'seers.cannot', { name, field: label })
                : answer.data.verdict === 'visible'
                  ? t('seers.can', { name })
                  : t('seers.can.field', {
                      name,
                      field: label,
                      right: tCode('verdict', answer.data.verdict),
                    })}
            </b>
          </p>
          {answer.data.because.length === 0 && <p>{t('seers.no_rule', { name })}</p>}
          <ul>
            {answer.data.because.map((because) => (
              <li key={because.grant} className={because.contains ? css.yes : css.no}>
                <Icon name={because.contains ? 'check' : 'close'} size={16} />
                <span>
                  {reasonText(because, roles.data ?? [])}
                  {field && ` ${t('seers.gives', { field: label, right: rightText(because) })}`}
                </span>
              </li>
            ))}
          </ul>
        </div>
      )}
    </section>
  );
}
