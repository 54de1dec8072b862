/** The next best action: one sentence and one button. It only reads dates; what is allowed came from the server. */
import type { KedunRecord } from '@/api/contract';
import { t } from '@/i18n';
import { daysFromToday } from '@/i18n/format';
import { Button } from '@/ui/Button';
import { Icon } from '@/ui/Icon';
import css from './RecordView.module.css';

type Props = { record: KedunRecord; onFollowUp: (() => void) | undefined; onPlan: (() => void) | undefined };
const SOON = 7;
const QUIET = 30;

function advice(record: KedunRecord): { text: string; act: 'follow' | 'plan' } | null {
  const next = record.next_follow_up && daysFromToday(record.next_follow_up);
  const pool = record.pool_due_at && daysFromToday(record.pool_due_at);
  if (typeof pool === 'number' && pool <= SOON)
    return { text: pool <= 0 ? t('advice.pool_today') : t('advice.pool', { n: pool }), act: 'follow' };
  if (typeof next === 'number' && next < 0) return { text: t('advice.overdue', { n: -next }), act: 'follow' };
  if (next === 0) return { text: t('advice.today'), act: 'follow' };
  if (typeof next === 'number') return null;
  const last = record.last_follow_up && -daysFromToday(record.last_follow_up);
  if (!record.last_follow_up) return { text: t('advice.first'), act: 'follow' };
  if (typeof last === 'number' && last > QUIET)
    return { text: t('advice.quiet', { n: last }), act: 'follow' };
  return { text: t('advice.plan'), act: 'plan' };
}

export function NextAction({ record, onFollowUp, onPlan }: Props) {
  const next = advice(record);
  const run = next?.act === 'plan' ? onPlan : onFollowUp;
  if (!next || !run) return null;
  return (
    <div className={css.advice}>
      <Icon name="clock" size={18} />
      <p>{next.text}</p>
      <Button small look="primary" onClick={run}>
        {next.act === 'plan' ? t('action.plan') : t('action.follow_up')}
      </Button>
    </div>
  );
}
