/** The way of a request: asked, decided by somebody else, carried out. */
import type { Task } from '@/api/contract';
import { t } from '@/i18n';
import { dateTime } from '@/i18n/format';
import { StepPath, type StepState } from '@/ui/StepPath';
import { isForMe } from './snapshot';

/** Where each state of a request stands on the way: at the decision, and at carrying it out. */
const places: Record<string, [StepState, StepState]> = {
  open: ['now', 'next'],
  waiting: ['now', 'next'],
  approved: ['done', 'now'],
  spent: ['done', 'done'],
  done: ['done', 'done'],
  rejected: ['stopped', 'next'],
  cancelled: ['stopped', 'next'],
  void: ['stopped', 'next'],
  expired: ['stopped', 'next'],
};

export function ApprovalPath({ task }: { task: Task }) {
  const [decision, carrying] = places[task.state] ?? ['now', 'next'];
  const carry = task.kind === 'erasure' ? 'erasure' : 'export';
  const word = (state: StepState) => t(`path.${state}`);
  const decided = [
    task.decided_by?.name,
    task.decided_at && dateTime(task.decided_at),
    decision === 'stopped' && t(`task.state.${stopped(task.state)}`),
  ].filter(Boolean);
  return (
    <StepPath
      label={t('path.title')}
      steps={[
        {
          key: 'asked',
          label: t('path.asked'),
          state: 'done',
          stateWord: word('done'),
          detail: [task.requester?.name, dateTime(task.created_at)].filter(Boolean).join(' · '),
        },
        {
          key: 'decide',
          label: t('path.decide'),
          state: decision,
          stateWord: word(decision),
          detail:
            decision === 'now'
              ? [
                  t(isForMe(task) ? 'path.decide.you' : 'path.decide.who'),
                  // The right to have one's data destroyed does not lapse.
                  ...(task.kind === 'erasure' ? [] : [t('path.until', { time: dateTime(task.expires_at) })]),
                ].join(' · ')
              : decided.join(' · '),
        },
        {
          key: 'carry',
          label: t(`path.carry.${carry}`),
          state: carrying,
          stateWord: word(carrying),
          detail: t(`path.carry.${carry}.why`),
        },
      ]}
    />
  );
}

function stopped(state: string): 'rejected' | 'cancelled' | 'void' | 'expired' {
  return state === 'cancelled' || state === 'void' || state === 'expired' ? state : 'rejected';
}
