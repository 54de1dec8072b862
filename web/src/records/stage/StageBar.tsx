/** How far a record is on its way, at a glance, and the tap that moves it. */
import { useState } from 'react';
import type { KedunRecord, ObjectDef } from '@/api/contract';
import { say, t } from '@/i18n';
import { cx } from '@/ui/cx';
import { Icon } from '@/ui/Icon';
import { StageSheet } from './StageSheet';
import { stageField, stepNow, stepsOf } from './stage';
import css from './stage.module.css';

export function StageBar({ record, object }: { record: KedunRecord; object: ObjectDef }) {
  const [asking, setAsking] = useState(false);
  const field = stageField(object);
  const now = field && stepNow(record, field);
  if (!field || !now) return null;
  const lost = now.outcome === 'lost';
  const way = stepsOf(field).filter((step) => step.outcome !== 'lost');
  const at = way.findIndex((step) => step.value === now.value);
  const said = t(lost ? 'stage.ended' : 'stage.at', {
    field: say(field.label),
    stage: say(now.label),
    n: at + 1,
    of: way.length,
  });
  const bar = (
    <>
      <span className={css.steps} aria-hidden="true">
        {way.map((step, index) => (
          <i key={step.value} className={cx(css.step, lost ? css.lost : index <= at && css.past)} />
        ))}
      </span>
      <span className={css.said}>{said}</span>
    </>
  );
  if (!record.rights.edit || !record.rights.edit_fields.includes(field.name))
    return <p className={css.bar}>{bar}</p>;
  return (
    <>
      <button type="button" className={css.bar} onClick={() => setAsking(true)}>
        {bar}
        <span className={css.change}>
          {t('stage.change')}
          <Icon name="next" size={16} />
        </span>
      </button>
      {asking && (
        <StageSheet record={record} object={object} field={field} onClose={() => setAsking(false)} />
      )}
    </>
  );
}
