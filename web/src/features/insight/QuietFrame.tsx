import { Link } from '@tanstack/react-router';
import type { Board } from '@/api/contract';
import { t } from '@/i18n';
import { chartWords } from '@/i18n/chartWords';
import { nearDay } from '@/i18n/format';
import { CUSTOMER } from '@/path';
import { Bars } from '@/ui/chart/Bars';
import { ChartFrame } from '@/ui/chart/ChartFrame';
import { Segments } from '@/ui/Segments';
import { CustomerRows } from './CustomerRows';
import css from './insight.module.css';

const lengths = [7, 14, 30, 60];

type Props = {
  quiet: NonNullable<Board['quiet']>;
  whose: Board['whose'];
  onDays: (days: number) => void;
};

export function QuietFrame({ quiet, whose, onDays }: Props) {
  const most = quiet.people[0];
  const name = (person: { id: string; name?: string }) => person.name ?? person.id;
  return (
    <div className={css.stack}>
      <ChartFrame
        words={chartWords()}
        title={t('quiet.title')}
        note={
          <span className={css.lengths}>
            <Segments
              label={t('quiet.days')}
              options={lengths.map((n) => ({ key: String(n), label: t('board.days.n', { n }) }))}
              value={String(quiet.days)}
              onChange={(next) => onDays(Number(next))}
            />
          </span>
        }
        summary={t('quiet.summary', {
          n: quiet.total,
          days: quiet.days,
          who: most ? name(most.person) : t('none'),
          most: most?.count ?? 0,
        })}
        empty={t('quiet.none', { days: quiet.days })}
        columns={[
          { key: 'person', label: t('board.person') },
          { key: 'number', label: t('board.number'), end: true },
        ]}
        rows={quiet.people.map((item) => ({ key: item.person.id, cells: [name(item.person), item.count] }))}
      >
        <Bars
          bars={quiet.people.map((item) => ({
            key: item.person.id,
            label: name(item.person),
            value: item.count,
            text: t('board.customers', { n: item.count }),
            tone: 'amber',
          }))}
        />
      </ChartFrame>
      {quiet.customers.length > 0 && (
        <CustomerRows
          title={t('quiet.longest')}
          customers={quiet.customers}
          fact={(customer) =>
            customer.last_follow_up
              ? t('quiet.last', { day: nearDay(customer.last_follow_up) })
              : t('quiet.never')
          }
          more={
            <Link
              to="/records/$object"
              params={{ object: CUSTOMER }}
              search={{ view: whose === 'own' ? 'mine' : 'subordinates', sort: 'last_follow_up' }}
              className={css.more}
            >
              {t('quiet.list')}
            </Link>
          }
        />
      )}
    </div>
  );
}
