import type { Board } from '@/api/contract';
import { t } from '@/i18n';
import { chartWords } from '@/i18n/chartWords';
import { money, moneyShort } from '@/i18n/format';
import { Bars } from '@/ui/chart/Bars';
import { ChartFrame } from '@/ui/chart/ChartFrame';
import type { LegendItem } from '@/ui/chart/Fills';

type Month = NonNullable<Board['forecast']>['months'][number];

function nameOf(month: Month): string {
  return month.when === 'month' ? (month.month ?? '') : t(`forecast.${month.when}`);
}

export function ForecastFrame({ forecast }: { forecast: NonNullable<Board['forecast']> }) {
  const { months } = forecast;
  const amount = months.reduce((sum, month) => sum + month.amount.sum, 0);
  const weighted = months.reduce((sum, month) => sum + month.weighted.sum, 0);
  const unknown = months.reduce((sum, month) => sum + month.amount.of - month.weighted.of, 0);
  const legend: LegendItem[] = [
    { key: 'weighted', label: t('forecast.weighted'), tone: 'jade', pattern: 'solid' },
    { key: 'rest', label: t('forecast.rest'), tone: 'indigo', pattern: 'dots' },
  ];
  return (
    <ChartFrame
      words={chartWords()}
      title={t('forecast.title')}
      note={
        unknown > 0
          ? `${t('forecast.note')}${t('list.stop')}${t('forecast.unknown', { n: unknown })}`
          : t('forecast.note')
      }
      summary={t('forecast.summary', { amount: money(amount), weighted: money(weighted) })}
      empty={t('funnel.empty')}
      columns={[
        { key: 'month', label: t('forecast.month') },
        { key: 'number', label: t('board.number'), end: true },
        { key: 'amount', label: t('board.amount'), end: true },
        { key: 'weighted', label: t('forecast.weighted'), end: true },
      ]}
      rows={
        months.some((month) => month.count > 0)
          ? months.map((month) => ({
              key: month.when + (month.month ?? ''),
              cells: [
                nameOf(month),
                month.count,
                moneyShort(month.amount.sum),
                moneyShort(month.weighted.sum),
              ],
            }))
          : []
      }
    >
      <Bars
        legend={legend}
        bars={months.map((month) => ({
          key: month.when + (month.month ?? ''),
          label: nameOf(month),
          value: month.amount.sum,
          text: moneyShort(month.weighted.sum),
          parts: [
            { key: 'weighted', value: month.weighted.sum, tone: 'jade', pattern: 'solid' },
            { key: 'rest', value: month.amount.sum - month.weighted.sum, tone: 'indigo', pattern: 'dots' },
          ],
        }))}
      />
    </ChartFrame>
  );
}
