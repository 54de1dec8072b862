/** What the leaver held and who takes how much, as pictures, and what ended when the account was frozen. */
import { useQuery } from '@tanstack/react-query';
import type { Handover, HandoverItem } from '@/api/contract';
import { directoryQuery } from '@/api/queries';
import { t } from '@/i18n';
import { chartWords } from '@/i18n/chartWords';
import { useObjectName } from '@/records/objectName';
import { Bars } from '@/ui/chart/Bars';
import { ChartFrame } from '@/ui/chart/ChartFrame';
import css from './handovers.module.css';

const endings = [
  'sessions',
  'devices',
  'shares_received',
  'shares_given',
  'requests',
  'export_files',
] as const;

export function Inventory({ handover, items }: { handover: Handover; items: HandoverItem[] }) {
  const nameOf = useObjectName();
  const directory = useQuery(directoryQuery);
  const takes = new Map<string, number>();
  for (const item of items) takes.set(item.proposed ?? '', (takes.get(item.proposed ?? '') ?? 0) + 1);
  const heirs = [...takes].sort(([, a], [, b]) => b - a);
  const who = (id: string) =>
    id === ''
      ? t('handovers.filter.heir.none')
      : (directory.data?.find((person) => person.id === id)?.name ?? id);
  const held = Object.entries(handover.inventory).sort(([, a], [, b]) => b - a);
  const total = held.reduce((sum, [, count]) => sum + count, 0);
  return (
    <div className={css.stack}>
      <ChartFrame
        words={chartWords()}
        title={t('handovers.inventory')}
        summary={t('handovers.inventory.summary', { n: total, what: nameOf(held[0]?.[0] ?? '') })}
        empty={t('handovers.inventory.none')}
        columns={[
          { key: 'object', label: t('handovers.object') },
          { key: 'number', label: t('handovers.number'), end: true },
        ]}
        rows={held.map(([object, count]) => ({ key: object, cells: [nameOf(object), count] }))}
      >
        <Bars
          bars={held.map(([object, count]) => ({
            key: object,
            label: nameOf(object),
            value: count,
            text: String(count),
          }))}
        />
      </ChartFrame>
      <ChartFrame
        words={chartWords()}
        title={t('handovers.heirs')}
        summary={t('handovers.heirs.summary', {
          heirs: heirs.filter(([id]) => id !== '').length,
          who: who(heirs[0]?.[0] ?? ''),
          most: heirs[0]?.[1] ?? 0,
        })}
        empty={t('handovers.plan.empty')}
        columns={[
          { key: 'heir', label: t('handovers.filter.heir') },
          { key: 'number', label: t('handovers.number'), end: true },
        ]}
        rows={heirs.map(([id, count]) => ({ key: id || 'none', cells: [who(id), count] }))}
      >
        <Bars
          bars={heirs.map(([id, count]) => ({
            key: id || 'none',
            label: who(id),
            value: count,
            text: String(count),
            tone: id === '' ? 'cinnabar' : 'indigo',
            pattern: id === '' ? 'stripes' : 'solid',
          }))}
        />
      </ChartFrame>
      <section className={css.card}>
        <h2>{t('handovers.ended')}</h2>
        <dl className={css.ended}>
          {endings.map((key) => (
            <div key={key}>
              <dt>{t(`handovers.ended.${key}`)}</dt>
              <dd>{handover.ended[key] ?? 0}</dd>
            </div>
          ))}
        </dl>
      </section>
    </div>
  );
}
