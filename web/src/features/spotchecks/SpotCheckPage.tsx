/** One check: the drawn follow-ups one after the other, the score sheet beside them, and how they were drawn. */
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useState } from 'react';
import { spotCheckQuery } from '@/api/checks';
import type { KedunRecord, SpotCheck } from '@/api/contract';
import { objectQuery } from '@/api/queries';
import { clear, FieldText } from '@/fields';
import { say, t } from '@/i18n';
import { dateTime } from '@/i18n/format';
import { readDraft, writeDraft } from '@/offline/drafts';
import { ProblemState } from '@/records/ProblemState';
import { useOnPaper } from '@/records/print/paper';
import { cx } from '@/ui/cx';
import desk from '@/ui/desk.module.css';
import { Icon } from '@/ui/Icon';
import { Skeleton, State } from '@/ui/State';
import { Tag } from '@/ui/Tag';
import { Drawing } from './Drawing';
import { Given } from './Given';
import { type Chosen, nothingChosen, ScoreForm } from './ScoreForm';
import css from './spotchecks.module.css';
import { daysWords, percent, tones } from './words';

const route = getRouteApi('/app/spot-checks/$id');

export function SpotCheckPage() {
  const { id } = route.useParams();
  const check = useQuery(spotCheckQuery(id));
  return (
    <div className={desk.page}>
      <p>
        <Link to="/spot-checks" className={css.back}>
          <Icon name="back" size={18} />
          {t('spot.back')}
        </Link>
      </p>
      {check.isPending && <Skeleton label={t('loading')} />}
      {check.error && <ProblemState error={check.error} retry={() => void check.refetch()} />}
      {check.data && <Loaded check={check.data} />}
    </div>
  );
}

const keptIn = (draft: string) => (readDraft(draft).chosen ?? {}) as Record<string, Chosen>;

function Loaded({ check }: { check: SpotCheck }) {
  const open = (item: SpotCheck['items'][number]) => !item.score && !item.gone;
  const [at, setAt] = useState(() => Math.max(0, check.items.findIndex(open)));
  // Of each follow-up, so that who compares two finds at both what they had chosen; also after a look elsewhere.
  const draft = `spot:${check.id}`;
  const [chosen, setChosen] = useState(() => keptIn(draft));
  function choose(next: Record<string, Chosen>) {
    setChosen(next);
    writeDraft(draft, Object.keys(next).length > 0 ? { chosen: next } : {}, []);
  }
  const item = check.items[at];
  const next = () => {
    const left = check.items.findIndex((one, n) => n !== at && open(one));
    if (left >= 0) setAt(left);
  };
  return (
    <>
      <header className={desk.head}>
        <h1>{t('spot.title')}</h1>
        <Tag tone={tones[check.state]}>{t(`spot.state.${check.state}`)}</Tag>
      </header>
      <p className={desk.meta}>
        {[
          check.period,
          daysWords(check),
          t('spot.progress', { n: check.items.filter((one) => one.score).length, of: check.drawn }),
          check.scored > 0 && t('spot.average', { percent: percent(check) }),
        ]
          .filter(Boolean)
          .join(' · ')}
      </p>
      {check.items.length === 0 && <State icon="spot" title={t('spot.none')} why={t('spot.none.why')} />}
      {item && (
        <>
          <nav aria-label={t('spot.items')}>
            <ol className={css.steps}>
              {check.items.map((one, n) => (
                <li key={one.follow_up}>
                  <button
                    type="button"
                    className={css.step}
                    aria-current={n === at ? 'step' : undefined}
                    aria-label={t(one.score ? 'spot.item.done' : one.gone ? 'spot.item.gone' : 'spot.item', {
                      n: n + 1,
                    })}
                    onClick={() => setAt(n)}
                  >
                    {one.score && <Icon name="check" size={16} />}
                    {n + 1}
                  </button>
                </li>
              ))}
            </ol>
          </nav>
          {item.record ? (
            <div className={css.columns}>
              <Written record={item.record} />
              {item.score ? (
                <Given score={item.score} questions={check.questions} />
              ) : (
                <ScoreForm
                  key={item.follow_up}
                  check={check}
                  followUp={item.follow_up}
                  chosen={chosen[item.follow_up] ?? nothingChosen}
                  onChoose={(choice) => choose({ ...chosen, [item.follow_up]: choice })}
                  onScored={() => {
                    // What was chosen at another one meanwhile is in the draft already.
                    const { [item.follow_up]: _scored, ...rest } = keptIn(draft);
                    choose(rest);
                    next();
                  }}
                />
              )}
            </div>
          ) : (
            <State small icon="lock" title={t('spot.gone')} why={t('spot.gone.why')} />
          )}
        </>
      )}
      <Drawing check={check} />
    </>
  );
}

/** The follow-up as the caller may see it. */
function Written({ record }: { record: KedunRecord }) {
  useOnPaper(record.object, () => [record.id]);
  const object = useQuery(objectQuery(record.object));
  const at = clear(record.fields.at);
  const shown = (object.data?.fields ?? []).filter(
    (field) => !['content', 'at'].includes(field.name) && record.fields[field.name] !== undefined,
  );
  const content = object.data?.fields.find((field) => field.name === 'content');
  return (
    <section className={desk.card} aria-label={t('spot.items')}>
      <p className={desk.meta}>
        {t('spot.by', {
          name: record.created_by?.name ?? '—',
          time: dateTime(typeof at === 'string' ? at : record.created_at),
        })}
      </p>
      {record.deleted && <p className={desk.note}>{t('spot.deleted')}</p>}
      {content && (
        <div className={css.content}>
          <FieldText def={content} value={record.fields.content} />
        </div>
      )}
      <dl className={cx(desk.facts, css.facts)}>
        {shown.map((field) => (
          <div key={field.id}>
            <dt>{say(field.label)}</dt>
            <dd>
              <FieldText def={field} value={record.fields[field.name]} />
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
