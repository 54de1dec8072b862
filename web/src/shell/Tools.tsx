/** What every page has at hand: find. */
import { t } from '@/i18n';
import { Icon } from '@/ui/Icon';
import { show } from './overlays';
import css from './shell.module.css';
import { COMMAND } from './useShellKeys';

export function Tools() {
  return (
    <div className={css.tools}>
      <button
        type="button"
        className={css.find}
        aria-keyshortcuts="Control+K Meta+K"
        onClick={() => show('palette')}
      >
        <Icon name="search" size={18} />
        {t('palette.open')}
        <span className={css.keys}>{COMMAND} K</span>
      </button>
    </div>
  );
}
