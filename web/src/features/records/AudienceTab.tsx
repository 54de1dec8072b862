/** 谁看过: who saw, revealed and exported what of this record, and why. */
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { KedunRecord, Look, ObjectDef } from '@/api/contract';
import { isGone } from '@/api/problem';
import { audienceQuery } from '@/api/queries';
import { say, t, tCode } from '@/i18n';
import { dateTime, nearTime } from '@/i18n/format';
import { Newest } from '@/records/Newest';
import { ProblemState } from '@/records/ProblemState';
import { fieldNamed } from '@/records/systemFields';
import { Avatar } from '@/ui/Avatar';
import { Select } from '@/ui/Input';
import { Segments } from '@/ui/Segments';
import { Skeleton, State } from '@/ui/State';
import { Tag, type Tone } from '@/ui/Tag';
import css from './AudienceTab.module.css';

const tones: Record<string, Tone> = {
  reveal: 'amber',
  export: 'cinnabar',
  print: 'cinnabar',
  file: 'amber',
  read: 'indigo',
  listed: 'grey',
};
/** The gravest first. */
const kinds = ['reveal', 'export', 'print', 'file', 'read', 'listed'];
/** As many looks as the server gives; who had it in a list comes beside them, of the last thirty days. */
const MOST = 500;

export function AudienceTab({ record, object }: { record: KedunRecord; object: ObjectDef }) {
  const looks = useQuery(audienceQuery(record.object, record.id));
  const [kind, setKind] = useState('');
  const [who, setWho] = useState('');
  if (looks.isPending) return <Skeleton rows={4} label={t('loading')} />;
  if (!looks.data || isGone(looks.error))
    return <ProblemState error={looks.error} retry={() => looks.refetch()} />;
  if (looks.data.length === 0)
    return <State icon="eye" title={t('audience.empty')} why={t('audience.empty.why')} />;

  const there = kinds.filter((one) => looks.data.some((look) => look.action === one));
  const people = new Map(looks.data.map((look) => [look.by.id, look.by.name ?? t('timeline.system')]));
  const shown = looks.data.filter((look) => (!kind || look.action === kind) && (!who || look.by.id === who));
  const times = shown.reduce((sum, look) => sum + (look.count ?? 1), 0);
  return (
    <div className={css.audience}>
      <p className={css.note}>{t('audience.note')}</p>
      <div className={css.filters}>
        {there.length > 1 && (
          <Segments<string>
            label={t('audience.filter')}
            look="chips"
            value={kind}
            onChange={setKind}
            options={['', ...there].map((key) => ({
              key,
              label: key ? tCode('look', key) : t('audience.filter.all'),
            }))}
          />
        )}
        {people.size > 1 && (
          <Select aria-label={t('audience.who')} value={who} onChange={(event) => setWho(event.target.value)}>
            <option value="">{t('audience.who.all')}</option>
            {[...people].map(([id, name]) => (
              <option key={id} value={id}>
                {name}
              </option>
            ))}
          </Select>
        )}
      </div>
      <p className={css.note} role="status">
        {t('audience.summary', { people: new Set(shown.map((look) => look.by.id)).size, n: times })}
      </p>
      {shown.length === 0 && (
        <State small icon="eye" title={t('audience.none')} why={t('audience.none.why')} />
      )}
      <ul>
        {together(shown).map((look, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: looks carry no id
          <LookRow key={index} look={look} object={object} />
        ))}
      </ul>
      <Newest
        n={looks.data.filter((look) => look.action !== 'listed').length}
        most={MOST}
        className={css.note}
      />
    </div>
  );
}

/** As long as a look is followed by the same one, it is one sitting at the record and not many visits. */
const SITTING = 10 * 60_000;

/** Looks that follow one another, by the same person, of the same kind and for the same reason, as one row. */
function together(looks: Look[]): Look[] {
  const rows: (Look & { last: number })[] = [];
  for (const look of looks) {
    const at = Date.parse(look.at);
    const before = rows.at(-1);
    const same =
      before?.by.id === look.by.id &&
      before.action === look.action &&
      before.purpose === look.purpose &&
      before.fields.join() === look.fields.join() &&
      before.last - at <= SITTING;
    if (before && same) {
      before.count += look.count;
      before.last = at;
    } else rows.push({ ...look, last: at });
  }
  return rows;
}

function LookRow({ look, object }: { look: Look; object: ObjectDef }) {
  // Of a file it was the whole; its parts have no names.
  const names = (look.action === 'file' ? [] : (look.fields ?? [])).map((name) => {
    const def = fieldNamed(object, name);
    return def ? say(def.label) : name;
  });
  const name = look.by?.name ?? t('timeline.system');
  return (
    <li className={css.look}>
      <Avatar name={name} size={32} />
      <div>
        <p className={css.line}>
          <b>{name}</b>
          <Tag tone={tones[look.action] ?? 'grey'}>{tCode('look', look.action)}</Tag>
          {look.count !== null && look.count > 1 && <span>{t('audience.times', { n: look.count })}</span>}
          <time dateTime={look.at} title={dateTime(look.at)}>
            {nearTime(look.at)}
          </time>
        </p>
        {names.length > 0 && <p className={css.what}>{names.join(t('list.comma'))}</p>}
        {look.purpose && (
          <p className={css.what}>{t('audience.purpose', { purpose: purposeText(look.purpose) })}</p>
        )}
      </div>
    </li>
  );
}

function purposeText(purpose: string): string {
  const other = /^other:\s*(.+)$/.exec(purpose);
  if (other?.[1]) return other[1];
  // A look has a purpose of reveals or of exports; the two lists share no code but "other".
  const words = tCode('purpose', purpose);
  return words === purpose ? tCode('export.purpose', purpose) : words;
}
