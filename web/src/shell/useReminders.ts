/** A word before a plan is due, while the app is open. */
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useEffect } from 'react';
import { isThere } from '@/activity';
import type { Today } from '@/api/contract';
import { objectQuery, queryClient, todayQuery } from '@/api/queries';
import { t } from '@/i18n';
import { time } from '@/i18n/format';
import { readPlan } from '@/records/followup/shape';
import { titleOf } from '@/records/title';
import { useHas } from '@/records/useHas';
import { toast } from '@/ui/toast';

const AHEAD = 15 * 60_000;
const KEY = 'kedun.reminded';
/** Ids of plans, which name nobody: a reloaded tab should not say it again. */
const said = new Set<string>(JSON.parse(sessionStorage.getItem(KEY) ?? '[]') as string[]);

export function useReminders(today: Today | undefined, enabled: boolean): void {
  const has = useHas();
  const plan = useQuery({ ...objectQuery('plan'), enabled: enabled && has('plan') });
  const navigate = useNavigate();
  useEffect(() => {
    function look() {
      // Without it one does not know whose plan it is.
      if (!plan.data) return;
      for (const record of today?.due ?? []) {
        const view = readPlan(record, plan.data);
        const left = view.due ? new Date(view.due).getTime() - Date.now() : Number.NaN;
        if (!(left > 0 && left < AHEAD) || said.has(record.id) || !view.due) continue;
        said.add(record.id);
        sessionStorage.setItem(KEY, JSON.stringify([...said]));
        const { customer, object } = view;
        toast(
          t('reminder', { time: time(view.due), title: customer?.title ?? titleOf(record) }),
          'done',
          customer && object
            ? {
                label: t('open'),
                run: () => void navigate({ to: '/records/$object/$id', params: { object, id: customer.id } }),
              }
            : undefined,
        );
      }
    }
    look();
    const timer = setInterval(() => {
      look();
      if (isThere()) void queryClient.invalidateQueries({ queryKey: todayQuery.queryKey });
    }, 60_000);
    return () => clearInterval(timer);
  }, [today, plan.data, navigate]);
}
