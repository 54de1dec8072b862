import type { Board } from '@/api/contract';
import { say, t } from '@/i18n';
import { chartWords } from '@/i18n/chartWords';
import { ChartFrame } from '@/ui/chart/ChartFrame';
import { DayGrid } from '@/ui/chart/DayGrid';

/** `11-24`: the year is the same for all of them. */
const short = (day: string) => day.slice(5);

export function ActivityFrame({
  activity,
  whose,
}: {
  activity: NonNullable<Board['activity']>;
  whose: Board['whose'];
}) {
  const { days, kinds, people } = activity;
  const name = (person: { id: string; name?: string }) => person.name ?? person.id;
  const idle = people.filter((person) => person.total === 0).map((person) => name(person.person));
  const title = t(whose === 'own' ? 'activity.title.own' : 'activity.title');
  return (
    <ChartFrame
      words={chartWords()}
      title={title}
      note={t('activity.note')}
      summary={t('activity.summary', {
        days: days.length,
        n: people.reduce((sum, person) => sum + person.total, 0),
        idle:
          idle.length > 0 ? t('activity.idle', { who: idle.join(t('list.comma')) }) : t('activity.idle.none'),
      })}
      empty={t('activity.empty')}
      columns={[
        { key: 'person', label: t('board.person') },
        { key: 'total', label: t('board.total'), end: true },
        ...kinds.map((kind) => ({ key: kind.value, label: say(kind.label), end: true })),
        ...days.map((day) => ({ key: day, label: short(day), end: true })),
      ]}
      rows={people.map((person) => ({
        key: person.person.id,
        cells: [name(person.person), person.total, ...person.by_kind, ...person.by_day],
      }))}
    >
      <DayGrid
        labels={days.map(short)}
        rows={people.map((person) => ({
          key: person.person.id,
          label: name(person.person),
          values: person.by_day,
          total: person.total,
        }))}
      />
    </ChartFrame>
  );
}
