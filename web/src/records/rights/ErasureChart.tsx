/** What an erasure destroys, by object, and what holds it up. */
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ErasurePreview } from '@/api/contract';
import { objectsQuery } from '@/api/queries';
import { say, t, tCode } from '@/i18n';
import { chartWords } from '@/i18n/chartWords';
import { Bars } from '@/ui/chart/Bars';
import { ChartFrame } from '@/ui/chart/ChartFrame';
import { cx } from '@/ui/cx';
import { Icon } from '@/ui/Icon';
import { shortId } from '../number';
import css from './rights.module.css';

type Props = { preview: Partial<ErasurePreview>; done: boolean };

export function ErasureChart({ preview, done }: Props) {
  const objects = useQuery(objectsQuery);
  const label = (name: string) => {
    const known = objects.data?.find((object) => object.name === name);
    return known ? say(known.label) : tCode('erasures.object', name);
  };
  const rows = Object.entries(preview.records ?? {})
    .map(([name, count]) => ({ key: name, label: label(name), value: Number(count) }))
    .sort((a, b) => b.value - a.value);
  const history = preview.history ?? 0;
  if (history > 0) rows.push({ key: '#history', label: t('erasures.preview.history'), value: history });
  const total = rows.filter((row) => row.key !== '#history').reduce((sum, row) => sum + row.value, 0);
  const holds = preview.holds?.length ?? 0;
  return (
    <div className={css.proof}>
      <ChartFrame
        title={t(done ? 'erasures.preview.done' : 'erasures.preview')}
        summary={t('erasures.preview.summary', { n: total })}
        note={t('erasures.preview.summary', { n: total })}
        words={chartWords()}
        columns={[
          { key: 'object', label: t('erasures.preview.object') },
          { key: 'count', label: t('erasures.preview.count'), end: true },
        ]}
        rows={rows.map((row) => ({ key: row.key, cells: [row.label, row.value] }))}
      >
        <Bars
          bars={rows.map((row) => ({
            ...row,
            text: String(row.value),
            tone: row.key === '#history' ? ('grey' as const) : ('cinnabar' as const),
            pattern: row.key === '#history' ? ('dots' as const) : ('solid' as const),
          }))}
        />
      </ChartFrame>
      {!done && (
        <p className={cx(css.verdict, holds > 0 ? css.invalid : css.valid)}>
          <Icon name={holds > 0 ? 'lock' : 'check'} size={20} />
          {holds > 0 ? t('erasures.holds', { n: holds }) : t('erasures.holds.none')}
        </p>
      )}
      {preview.key && !done && <p className={css.hint}>{t('erasures.preview.key')}</p>}
      {preview.converted?.map((other) => (
        <p key={other.record} className={css.hint}>
          {t('erasures.preview.converted', { object: label(other.object) })}{' '}
          <Link to="/records/$object/$id" params={{ object: other.object, id: other.record }}>
            {shortId(other.record)}
          </Link>
        </p>
      ))}
    </div>
  );
}
