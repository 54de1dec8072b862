/**
 * Answering an alert. Two people may do it at once: who comes second is told who was first and sees the alert as it is
 * then, and nothing they did is lost but the click.
 */
import { useMutation } from '@tanstack/react-query';
import { api, seg } from '@/api/client';
import type { Alert } from '@/api/contract';
import { isProblem } from '@/api/problem';
import { alertQuery, openAlertsQuery, queryClient } from '@/api/queries';
import { t } from '@/i18n';
import { nameOf } from '@/records/alertWords';
import { toast } from '@/ui/toast';

export type Action = 'end_sessions' | 'acknowledge' | 'close';
export type Answer = { action: Action; note?: string };

const overtaken = ['alert_closed', 'alert_acknowledged', 'alert_changed'];
export const wasOvertaken = (error: unknown) => isProblem(error, ...overtaken);

function said(alert: Alert, action: Action): string {
  if (action === 'acknowledge') return t('alerts.acknowledged');
  if (action === 'close') return t('alerts.closed');
  const n = alert.responses.at(-1)?.sessions ?? 0;
  const name = nameOf(alert.person);
  return n > 0 ? t('alerts.ended', { n, name }) : t('alerts.ended.none', { name });
}

export function useResponse(id: string) {
  return useMutation({
    mutationFn: (answer: Answer) => api.post<Alert>(`/alerts/${seg(id)}/responses`, answer),
    onSuccess: (alert, { action }) => {
      queryClient.setQueryData(alertQuery(id).queryKey, alert);
      queryClient.setQueryData(openAlertsQuery.queryKey, (ids) => ids?.filter((open) => open !== id));
      toast(said(alert, action));
    },
    onSettled: () => queryClient.invalidateQueries({ queryKey: ['alerts'] }),
  });
}
