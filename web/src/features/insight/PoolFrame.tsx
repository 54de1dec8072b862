import type { Board } from '@/api/contract';
import { t } from '@/i18n';
import { chartWords } from '@/i18n/chartWords';
import { daysFromToday } from '@/i18n/format';
import { ChartFrame } from '@/ui/chart/ChartFrame';
import { Columns } from '@/ui/chart/Columns';
import { CustomerRows } from './CustomerRows';
import css from './insight.module.css';

export function PoolFrame({ pool }: { pool: NonNullable<Board['pool']> }) {
  const soon = pool.days.reduce((sum, day) => sum + day.count, 0);
  const any = pool.due + soon + pool.later > 0;
  const columns = [
    {
      key: 'due',
      label: t('pool.due'),
      value: pool.due,
      tone: 'cinnabar' as const,
      pattern: 'stripes' as const,
    },
    ...pool.days.map((day, at) => ({
      key: day.day,
      label: day.day.slice(5),
      value: day.count,
      tone: at < 7 ? ('amber' as const) : ('jade' as const),
    })),
  ];
  return (
    <div className={css.stack}>
      <ChartFrame
        words={chartWords()}
        title={t('pool.title')}
        note={`${t('pool.note')}${t('list.stop')}${t('pool.later', { n: pool.later })}`}
        summary={t('pool.summary', { due: pool.due, soon, later: pool.later })}
        columns={[
          { key: 'day', label: t('board.day') },
          { key: 'number', label: t('board.number'), end: true },
        ]}
        rows={any ? columns.map((column) => ({ key: column.key, cells: [column.label, column.value] })) : []}
      >
        <Columns columns={columns} />
      </ChartFrame>
      {pool.falling.length > 0 && (
        <CustomerRows
          title={t('pool.first')}
          customers={pool.falling}
          fact={(customer) => {
            const days = customer.pool_due_at ? daysFromToday(customer.pool_due_at) : 0;
            return days > 0 ? t('badge.falls', { n: days }) : t('badge.falls_today');
          }}
        />
      )}
    </div>
  );
}
