/** Going out would wipe what has not been sent: said first, with the way to look at it. */
import { useNavigate } from '@tanstack/react-router';
import { useSyncExternalStore } from 'react';
import { t } from '@/i18n';
import { useOutbox } from '@/offline/useOutbox';
import { unsent, uploads } from '@/records/files/underway';
import { Button } from '@/ui/Button';
import { Sheet } from '@/ui/Sheet';
import { signOut } from './signOut';

export function LeavingSheet({ onClose }: { onClose: () => void }) {
  const navigate = useNavigate();
  const waiting = useOutbox().length;
  useSyncExternalStore(uploads.subscribe, uploads.snapshot);
  const files = unsent();
  const [file] = files;
  return (
    <Sheet
      title={t('signout.waiting')}
      closeWord={t('close')}
      onClose={onClose}
      footer={
        <>
          {waiting > 0 && (
            <Button
              onClick={() => {
                onClose();
                void navigate({ to: '/outbox' });
              }}
            >
              {t('outbox.see')}
            </Button>
          )}
          {file && (
            <Button
              onClick={() => {
                onClose();
                const { object, id } = file.customer;
                void navigate({ to: '/records/$object/$id', params: { object, id } });
              }}
            >
              {t('signout.files.see')}
            </Button>
          )}
          <Button look="danger" onClick={() => void signOut()}>
            {t('signout.anyway')}
          </Button>
        </>
      }
    >
      {waiting > 0 && <p>{t('signout.waiting.why', { n: waiting })}</p>}
      {files.length > 0 && <p>{t('signout.files.why', { n: files.length })}</p>}
    </Sheet>
  );
}
