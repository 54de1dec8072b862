/** Alerts as they are raised: a word, a number, and the way to the evidence. */
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useCallback } from 'react';
import type { Alert, Me } from '@/api/contract';
import { openAlertsQuery, queryClient } from '@/api/queries';
import { t } from '@/i18n';
import { nameOf, whatText } from '@/records/alertWords';
import { toast } from '@/ui/toast';

/** How many open alerts this person may answer; none for who answers none. */
export function useOpenAlerts(me: Me | undefined): number {
  const answers = Boolean(me?.acts.includes('alerts.receive') && me.objects.includes('alert'));
  return useQuery({ ...openAlertsQuery, enabled: answers }).data?.length ?? 0;
}

/**
 * What the event stream says of an alert. The stream brings the alert itself, so the number is right within the second
 * also on a screen that nobody touches, which asks for nothing by itself.
 */
export function useAlertEvent(): (alert: Alert) => void {
  const navigate = useNavigate();
  return useCallback(
    (alert) => {
      const open = alert.state === 'open' && alert.answerable;
      const known = queryClient.getQueryData(openAlertsQuery.queryKey) ?? [];
      const others = known.filter((id) => id !== alert.id);
      queryClient.setQueryData(openAlertsQuery.queryKey, open ? [alert.id, ...others] : others);
      if (!open || known.includes(alert.id)) return;
      toast(t('alerts.new', { person: nameOf(alert.person), what: whatText(alert) }), 'failed', {
        label: t('open'),
        run: () => void navigate({ to: '/alerts', search: { open: alert.id } }),
      });
    },
    [navigate],
  );
}
