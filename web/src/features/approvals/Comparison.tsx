/** The frozen snapshot beside today: what an approval would do now, and why it might do nothing. */
import { useQuery } from '@tanstack/react-query';
import type { ObjectDef, Task } from '@/api/contract';
import { comparisonQuery } from '@/api/queries';
import { say, t } from '@/i18n';
import { time } from '@/i18n/format';
import { useObjectName } from '@/records/objectName';
import { ProblemState } from '@/records/ProblemState';
import { fieldNamed } from '@/records/systemFields';
import { Icon } from '@/ui/Icon';
import { Skeleton } from '@/ui/State';
import css from './approvals.module.css';

export function ComparisonView({ task, object }: { task: Task; object: ObjectDef | undefined }) {
  const compared = useQuery(comparisonQuery(task.id));
  const nameOf = useObjectName();
  if (compared.isPending) return <Skeleton label={t('loading')} rows={2} />;
  if (compared.error) return <ProblemState error={compared.error} retry={() => compared.refetch()} small />;
  const { at, holds, reasons, counts, fields } = compared.data;
  if (reasons.includes('settled')) return null;
  const lost = fields.filter((field) => !field.now).map((field) => fieldLabel(field.name, object));
  const fewer = holds && counts.some((count) => count.now !== null && count.now < count.then);
  return (
    <section className={css.compare} aria-labelledby="compare-title">
      <h3 id="compare-title">{t('compare.title')}</h3>
      <div className={holds ? css.holds : css.void} role={holds ? undefined : 'alert'}>
        <Icon name={holds ? 'check' : 'alert'} size={18} />
        <div>
          <p>{t(holds ? (fewer ? 'compare.fewer' : 'compare.holds') : 'compare.void')}</p>
          {reasons.length > 0 && (
            <ul>
              {reasons.map((reason) => (
                <li key={reason}>{t(`compare.reason.${reason}`)}</li>
              ))}
            </ul>
          )}
        </div>
      </div>
      {counts.length > 0 && (
        <table className={css.counts}>
          <thead>
            <tr>
              <th scope="col">{t('compare.what')}</th>
              <th scope="col">{t('compare.then')}</th>
              <th scope="col">{t('compare.now')}</th>
            </tr>
          </thead>
          <tbody>
            {counts.map((count) => (
              <tr key={count.what}>
                <th scope="row">{count.what === 'rows' ? t('compare.rows') : nameOf(count.what)}</th>
                <td>{count.then}</td>
                <td className={count.now === count.then ? undefined : css.moved}>
                  {count.now ?? t('compare.unknown')}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {lost.length > 0 && (
        <p className={css.meta}>{t('compare.fields.lost', { fields: lost.join(t('list.comma')) })}</p>
      )}
      <p className={css.meta}>{t('compare.at', { time: time(at) })}</p>
    </section>
  );
}

function fieldLabel(name: string, object: ObjectDef | undefined): string {
  const def = object && fieldNamed(object, name);
  return def ? say(def.label) : name;
}
