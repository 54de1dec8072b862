/** A record beside the list: the list stays where it was. */
import { Link } from '@tanstack/react-router';
import type { ObjectDef } from '@/api/contract';
import { t } from '@/i18n';
import { IconButton } from '@/ui/Button';
import { RecordView } from './RecordView';
import css from './RecordView.module.css';

export function SidePanel({ object, id, onClose }: { object: ObjectDef; id: string; onClose: () => void }) {
  return (
    <aside className={css.panel} aria-label={t('record.panel')}>
      <div className={css.panelBar}>
        <Link to="/records/$object/$id" params={{ object: object.name, id }}>
          {t('record.full')}
        </Link>
        <IconButton icon="close" label={t('close')} onClick={onClose} />
      </div>
      <RecordView object={object} id={id} onGone={onClose} />
    </aside>
  );
}
