/** 谁看过: who saw, revealed and exported what of this record, and why. */
import { useQuery } from '@tanstack/react-query';
import type { KedunRecord, Look, ObjectDef } from '@/api/contract';
import { audienceQuery } from '@/api/queries';
import { say, t, tCode } from '@/i18n';
import { dateTime, nearTime } from '@/i18n/format';
import { ProblemState } from '@/records/ProblemState';
import { fieldNamed } from '@/records/systemFields';
import { Avatar } from '@/ui/Avatar';
import { Skeleton, State } from '@/ui/State';
import { Tag, type Tone } from '@/ui/Tag';
import css from './AudienceTab.module.css';

const tones: Record<string, Tone> = { reveal: 'amber', export: 'cinnabar', read: 'indigo', listed: 'grey' };

export function AudienceTab({ record, object }: { record: KedunRecord; object: ObjectDef }) {
  const looks = useQuery(audienceQuery(record.object, record.id));
  if (looks.isPending) return <Skeleton rows={4} label={t('loading')} />;
  if (looks.error) return <ProblemState error={looks.error} retry={() => looks.refetch()} />;
  if (looks.data.length === 0)
    return <State icon="eye" title={t('audience.empty')} why={t('audience.empty.why')} />;
  return (
    <div className={css.audience}>
      <p className={css.note}>{t('audience.note')}</p>
      <ul>
        {looks.data.map((look, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: looks carry no id
          <LookRow key={index} look={look} object={object} />
        ))}
      </ul>
    </div>
  );
}

function LookRow({ look, object }: { look: Look; object: ObjectDef }) {
  const names = (look.fields ?? []).map((name) => {
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
        {(names.length > 0 || look.purpose) && (
          <p className={css.what}>
            {names.join(t('list.comma'))}
            {look.purpose && ` · ${purposeText(look.purpose)}`}
          </p>
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
