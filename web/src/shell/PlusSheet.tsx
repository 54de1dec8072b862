/** ＋: what one begins with one thumb. */
import { useNavigate } from '@tanstack/react-router';
import { sayOne, t } from '@/i18n';
import { RowButton } from '@/ui/Menu';
import { Sheet } from '@/ui/Sheet';
import { useObjects } from './useNav';

export function PlusSheet({ onClose }: { onClose: () => void }) {
  const navigate = useNavigate();
  const { creatable, mayFollow } = useObjects();
  return (
    <Sheet title={t('nav.plus')} closeWord={t('close')} onClose={onClose}>
      <div>
        {mayFollow && (
          <RowButton
            icon="pen"
            label={t('followup.title')}
            hint={t('plus.follow_up')}
            onClick={() => {
              onClose();
              void navigate({ to: '/follow-up' });
            }}
          />
        )}
        {creatable.map((object) => (
          <RowButton
            key={object.name}
            icon={object.name === 'lead' ? 'lead' : 'customers'}
            label={t('list.new', { object: sayOne(object.label) })}
            hint={t('plus.new')}
            onClick={() => {
              onClose();
              void navigate({ to: '/new/$object', params: { object: object.name } });
            }}
          />
        ))}
      </div>
    </Sheet>
  );
}
