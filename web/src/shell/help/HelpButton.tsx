import { t } from '@/i18n';
import { IconButton } from '@/ui/Button';
import { show } from '../overlays';
import css from './help.module.css';

/** At the end of a page's own bar, where the shell has none. */
export function HelpButton() {
  return (
    <span className={css.button}>
      <IconButton icon="help" label={t('help.open')} onClick={() => show('help')} />
    </span>
  );
}
