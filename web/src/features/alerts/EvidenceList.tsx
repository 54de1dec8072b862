/** What was counted: a strip that shows how it is spread in time, and every fact with its record. */
import { useQueries, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { Alert, Evidence } from '@/api/contract';
import { meQuery, objectQuery } from '@/api/queries';
import { say, t, tCode } from '@/i18n';
import { dateTime, exact } from '@/i18n/format';
import { numbered, shortId } from '@/records/number';
import { fieldNamed } from '@/records/systemFields';
import { Icon } from '@/ui/Icon';
import { Tag, type Tone } from '@/ui/Tag';
import css from './alerts.module.css';

const tones: Record<Evidence['kind'], Tone> = {
  reveal: 'amber',
  file_read: 'amber',
  denied_scope: 'cinnabar',
  export: 'indigo',
};

export function EvidenceList({ alert }: { alert: Alert }) {
  const mayAsk = useQuery(meQuery).data?.acts.includes('policy.explain') ?? false;
  const names = [
    ...new Set(alert.evidence.map((fact) => fact.record?.object).filter((name) => name !== undefined)),
  ];
  const defs = useQueries({ queries: names.map((name) => objectQuery(name)) });
  const objects = defs.map((def) => def.data).filter((def) => def !== undefined);
  if (alert.evidence.length === 0) return <p className={css.quiet}>{t('alerts.evidence.none')}</p>;

  const fieldWord = (fact: Evidence) => {
    if (!fact.field) return null;
    const object = objects.find((def) => def.name === fact.record?.object);
    const def = object && fieldNamed(object, fact.field);
    return def ? say(def.label) : tCode('alerts.field', fact.field);
  };
  return (
    <>
      <Strip alert={alert} />
      <ul className={css.facts}>
        {alert.evidence.map((fact, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: facts carry no id and never move
          <li key={index}>
            <time dateTime={fact.at}>{exact(fact.at)}</time>
            <Tag tone={tones[fact.kind]}>{t(`alerts.kind.${fact.kind}`)}</Tag>
            <span className={css.fact}>
              <Which fact={fact} mayAsk={mayAsk} />
              {fieldWord(fact) && <span>{fieldWord(fact)}</span>}
              {fact.rows !== undefined && <span>{t('alerts.rows', { n: fact.rows })}</span>}
            </span>
          </li>
        ))}
      </ul>
    </>
  );
}

function Which({ fact, mayAsk }: { fact: Evidence; mayAsk: boolean }) {
  const { record } = fact;
  if (!record) return null;
  const { id, object, title } = record;
  return (
    <>
      {object && title ? (
        <Link to="/records/$object/$id" params={{ object, id }}>
          {title}
        </Link>
      ) : (
        <span className={css.hidden}>
          <Icon name="lock" size={14} />
          {object ? numbered(object, id) : t('alerts.hidden')}
          {!object && <code>{shortId(id)}</code>}
        </span>
      )}
      {mayAsk && object && (
        <Link to="/who" search={{ object, record: id }}>
          {t('who.link')}
        </Link>
      )}
    </>
  );
}

/** Marks along the time that the rule looked at: a burst and a habit look different at once. */
function Strip({ alert }: { alert: Alert }) {
  const end = new Date(alert.at).getTime();
  const start = Math.min(
    end - alert.window_seconds * 1000,
    ...alert.evidence.map((fact) => new Date(fact.at).getTime()),
  );
  const x = (at: string) => 4 + (312 * (new Date(at).getTime() - start)) / Math.max(1, end - start);
  const [from, to] = [dateTime(new Date(start).toISOString()), dateTime(alert.at)];
  return (
    <figure className={css.strip}>
      <svg
        viewBox="0 0 320 28"
        preserveAspectRatio="none"
        role="img"
        aria-label={t('alerts.evidence.strip', { from, to })}
      >
        <path d="M0 27.5H320" className={css.axis} />
        {alert.evidence.map((fact, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: as above
          <path key={index} d={`M${x(fact.at).toFixed(1)} 6V27`} className={css.tick} />
        ))}
      </svg>
      <figcaption aria-hidden="true">
        <span>{from}</span>
        <span>{to}</span>
      </figcaption>
    </figure>
  );
}
