/** Keys that hold on every page. They rest while something that must be answered lies over it. */
import { useEffect } from 'react';
import { isCovered, show } from './overlays';

/** The name of the key on this keyboard. */
export const COMMAND = /Mac|iPhone|iPad/.test(navigator.platform) ? '⌘' : 'Ctrl';

const isTyping = (target: EventTarget | null) =>
  target instanceof HTMLElement && target.closest('input, textarea, select, [contenteditable]') !== null;

export function useShellKeys(): void {
  useEffect(() => {
    function press(event: KeyboardEvent) {
      const { key, metaKey, ctrlKey, altKey } = event;
      if ((metaKey || ctrlKey) && !altKey && key.toLowerCase() === 'k') {
        // The browser has a use of its own for it.
        event.preventDefault();
        if (!isCovered()) show('palette');
      } else if (key === '?' && !metaKey && !ctrlKey && !isTyping(event.target) && !isCovered()) {
        event.preventDefault();
        show('help');
      }
    }
    addEventListener('keydown', press);
    return () => removeEventListener('keydown', press);
  }, []);
}
