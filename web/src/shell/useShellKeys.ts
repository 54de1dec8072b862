/** Keys that hold on every page. They rest while something that must be answered lies over it. */
import { useEffect } from 'react';
import { isCovered, show } from './overlays';

/** The name of the key on this keyboard. */
export const COMMAND = /Mac|iPhone|iPad/.test(navigator.platform) ? '⌘' : 'Ctrl';

export function useShellKeys(): void {
  useEffect(() => {
    function press(event: KeyboardEvent) {
      if (!(event.metaKey || event.ctrlKey) || event.altKey || event.key.toLowerCase() !== 'k') return;
      // The browser has a use of its own for it.
      event.preventDefault();
      if (!isCovered()) show('palette');
    }
    addEventListener('keydown', press);
    return () => removeEventListener('keydown', press);
  }, []);
}
