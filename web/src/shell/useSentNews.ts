/** A word when what was written without a network has reached the server. */
import { useEffect } from 'react';
import { t } from '@/i18n';
import { outbox } from '@/offline/outbox';
import { toast } from '@/ui/toast';

const GATHER = 800;

export function useSentNews(): void {
  useEffect(() => {
    let sent = 0;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const end = outbox.onSent(() => {
      sent += 1;
      clearTimeout(timer);
      timer = setTimeout(() => {
        toast(t('outbox.sent', { n: sent }));
        sent = 0;
      }, GATHER);
    });
    return () => {
      clearTimeout(timer);
      end();
    };
  }, []);
}
