/** Going out would wipe what has not been sent: said first, with the way to look at it. */
import { useNavigate } from '@tanstack/react-router';
import { t } from '@/i18n';
import { useOutbox } from '@/offline/useOutbox';
import { Button } from '@/ui/Button';
import { Sheet } from '@/ui/Sheet';
import { signOut } from './signOut';

export function LeavingSheet({ onClose }: { onClose: () => void }) {
  const navigate = useNavigate();
  const waiting = useOutbox().length;
  return (
    <Sheet
      title={t('signout.waiting')}
      closeWord={t('close')}
      onClose={onClose}
      footer={
        <>
          <Button
            onClick={() => {
              onClose();
              void navigate({ to: '/outbox' });
            }}
          >
            {t('outbox.see')}
          </Button>
          <Button look="danger" onClick={() => void signOut()}>
            {t('signout.anyway')}
          </Button>
        </>
      }
    >
      <p>{t('signout.waiting.why', { n: waiting })}</p>
    </Sheet>
  );
}
