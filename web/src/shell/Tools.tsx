/** What every page has at hand: find, what is new, an explanation. */
import { t } from '@/i18n';
import { IconButton } from '@/ui/Button';
import { Icon } from '@/ui/Icon';
import { Count } from '@/ui/Tag';
import { HelpButton } from './help/HelpButton';
import { useNotifications } from './notifications/useNotifications';
import { show } from './overlays';
import css from './shell.module.css';
import { COMMAND } from './useShellKeys';

export function Tools() {
  const { unread } = useNotifications();
  return (
    <div className={css.tools}>
      <button
        type="button"
        className={css.find}
        data-tour="find"
        aria-keyshortcuts="Control+K Meta+K"
        onClick={() => show('palette')}
      >
        <Icon name="search" size={18} />
        {t('palette.open')}
        {/* Drawn, not said: `aria-keyshortcuts` says it. */}
        <span className={css.keys} data-keys={`${COMMAND} K`} />
      </button>
      <span className={css.badged} data-tour="bell">
        <IconButton icon="bell" label={t('notifications.open')} onClick={() => show('notifications')} />
        <Count n={unread.size} label={t('notifications.count', { n: unread.size })} />
      </span>
      <span data-tour="help">
        <HelpButton />
      </span>
    </div>
  );
}
