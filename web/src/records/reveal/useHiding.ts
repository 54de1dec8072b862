/** What is shown in the clear goes as soon as nobody can be sure who looks at it: another window, another tab, away. */
import { useEffect } from 'react';

export function useHiding(shown: boolean, hide: () => void): void {
  useEffect(() => {
    if (!shown) return;
    const away = () => document.hidden && hide();
    addEventListener('blur', hide);
    addEventListener('pagehide', hide);
    document.addEventListener('visibilitychange', away);
    return () => {
      removeEventListener('blur', hide);
      removeEventListener('pagehide', hide);
      document.removeEventListener('visibilitychange', away);
    };
  }, [shown, hide]);
}
