/** The next best action: one sentence, and the button to it where this person has one. */
import type { KedunRecord, ObjectDef } from '@/api/contract';
import { t } from '@/i18n';
import { Button } from '@/ui/Button';
import { Icon } from '@/ui/Icon';
import { advice, reminder } from './advice';
import css from './RecordView.module.css';

type Props = {
  record: KedunRecord;
  object: ObjectDef;
  onFollowUp: (() => void) | undefined;
  onPlan: (() => void) | undefined;
};

export function NextAction({ record, object, onFollowUp, onPlan }: Props) {
  const next = advice(record, object);
  const run = next?.act === 'plan' ? onPlan : onFollowUp;
  const text = onFollowUp ? run && next?.text : reminder(record, object);
  if (!text) return null;
  return (
    <div className={css.advice}>
      <Icon name="clock" size={18} />
      <p>{text}</p>
      {run && (
        <Button small look="primary" onClick={run}>
          {next?.act === 'plan' ? t('action.plan') : t('action.follow_up')}
        </Button>
      )}
    </div>
  );
}
