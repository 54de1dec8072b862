/** Done, tomorrow, and back again: what one tap does with a plan. Each is kept until the server has it. */
import { useNavigate } from '@tanstack/react-router';
import { recordPath } from '@/api/client';
import type { KedunRecord, ObjectDef } from '@/api/contract';
import { clear } from '@/fields';
import { t } from '@/i18n';
import { dateTime, dayAt, toWall } from '@/i18n/format';
import { type About, discard, type Entry, submit } from '@/offline/outbox';
import { toast } from '@/ui/toast';
import { toastProblem } from '../problemText';
import { planShape } from './shape';

/** Says that it is saved, or that it waits; and where. */
export function useToastKept() {
  const navigate = useNavigate();
  return (sent: boolean, saved: string) => {
    if (sent) toast(saved);
    else
      toast(t('outbox.kept'), 'done', {
        label: t('outbox.see'),
        run: () => void navigate({ to: '/outbox' }),
      });
  };
}

/** The same hour, tomorrow; what was for the middle of the night is for the morning. */
export function tomorrowOf(due: string | null): string {
  const wall = due ? toWall(due).slice(11, 13) : '';
  const hour = Number.parseInt(wall, 10);
  const minutes = due && hour >= 7 ? toWall(due).slice(14, 16) : '00';
  const at = dayAt(1, hour >= 7 ? hour : 10);
  return new Date(new Date(at).getTime() + Number.parseInt(minutes, 10) * 60_000).toISOString();
}

export function usePlanActs(def: ObjectDef | undefined) {
  async function change(
    plan: KedunRecord,
    about: About,
    what: Entry['what'],
    fields: Record<string, unknown>,
    before: Record<string, unknown>,
    said: string,
  ): Promise<boolean> {
    const path = recordPath('plan', plan.id);
    try {
      const { sent, id } = await submit<KedunRecord>({
        method: 'PATCH',
        path,
        body: { fields },
        about,
        what,
        plan: plan.id,
      });
      toast(sent ? said : t('outbox.kept'), 'done', {
        label: t('undo'),
        run: () => void undo(id, sent !== null),
      });
      return true;
    } catch (problem) {
      toastProblem(problem);
      return false;
    }
    async function undo(id: string, arrived: boolean) {
      try {
        // What was never sent never happened. What was tried may have arrived, whether or not it was answered, and is
        // taken back by the same door.
        const waited = arrived ? null : await discard(id);
        if (waited && (waited.tries === 0 || waited.refused)) return toast(t('undone'));
        const { sent } = await submit<KedunRecord>({
          method: 'PATCH',
          path,
          body: { fields: before },
          about,
          what: 'plan_later',
          plan: plan.id,
        });
        toast(sent ? t('undone') : t('outbox.kept'));
      } catch (problem) {
        toastProblem(problem);
      }
    }
  }

  return {
    finish(plan: KedunRecord, about: About): Promise<boolean> {
      const shape = def && planShape(def, about.object);
      if (!shape?.finish || !shape.open) return Promise.resolve(false);
      const { finish, open } = shape;
      return change(
        plan,
        about,
        'plan_done',
        { [finish.field]: finish.value },
        { [open.field]: open.value },
        t('plan.completed'),
      );
    },
    tomorrow(plan: KedunRecord, about: About): Promise<boolean> {
      const shape = def && planShape(def, about.object);
      const due = shape?.due;
      if (!due) return Promise.resolve(false);
      const was = clear(plan.fields[due.name]);
      const next = tomorrowOf(typeof was === 'string' ? was : null);
      return change(
        plan,
        about,
        'plan_later',
        { [due.name]: next },
        { [due.name]: was },
        t('plan.put_off', { time: dateTime(next) }),
      );
    },
  };
}
