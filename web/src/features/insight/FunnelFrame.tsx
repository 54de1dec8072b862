import type { Board } from '@/api/contract';
import { say, t } from '@/i18n';
import { chartWords } from '@/i18n/chartWords';
import { money, moneyShort } from '@/i18n/format';
import { ChartFrame } from '@/ui/chart/ChartFrame';
import { Funnel } from '@/ui/chart/Funnel';
import { Tag } from '@/ui/Tag';
import css from './insight.module.css';

export function FunnelFrame({ funnel }: { funnel: NonNullable<Board['funnel']> }) {
  const open = funnel.stages.filter((stage) => !stage.outcome);
  const decided = funnel.stages.filter((stage) => stage.outcome);
  const count = open.reduce((sum, stage) => sum + stage.count, 0);
  const amount = open.reduce((sum, stage) => sum + stage.amount.sum, 0);
  const most = [...open].sort((a, b) => b.count - a.count)[0];
  const rows = funnel.stages.some((stage) => stage.count > 0) ? funnel.stages : [];
  return (
    <ChartFrame
      words={chartWords()}
      title={t('funnel.title')}
      note={t('funnel.note', { n: funnel.decided_days })}
      summary={[
        t('funnel.summary', {
          n: count,
          amount: money(amount),
          stage: most ? say(most.label) : t('none'),
          most: most?.count ?? 0,
        }),
        ...decided.map((stage) => `${say(stage.label)} ${t('board.deals', { n: stage.count })}`),
      ].join(' ')}
      empty={t('funnel.empty')}
      columns={[
        { key: 'stage', label: t('funnel.stage') },
        { key: 'number', label: t('board.number'), end: true },
        { key: 'amount', label: t('board.amount'), end: true },
      ]}
      rows={rows.map((stage) => ({
        key: stage.value,
        cells: [say(stage.label), stage.count, money(stage.amount.sum)],
      }))}
    >
      <Funnel
        steps={open.map((stage) => ({
          key: stage.value,
          label: say(stage.label),
          value: stage.count,
          text: t('board.deals', { n: stage.count }),
          note: moneyShort(stage.amount.sum),
        }))}
      />
      {/* Decided ones are no step of the way: drawn with the others they would make every open stage look small. */}
      <p className={css.decided}>
        {decided.map((stage) => (
          <Tag key={stage.value} tone={stage.outcome === 'won' ? 'jade' : 'cinnabar'}>
            {`${say(stage.label)} ${t('board.deals', { n: stage.count })} ${moneyShort(stage.amount.sum)}`}
          </Tag>
        ))}
      </p>
    </ChartFrame>
  );
}
