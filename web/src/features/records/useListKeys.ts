/** j/k move, Enter opens, Escape closes, `/` searches, `c` creates. Silent while somebody types. */
import { useEffect, useRef } from 'react';

type Keys = {
  move: (by: 1 | -1) => void;
  open: () => void;
  close?: (() => void) | undefined;
  create?: (() => void) | undefined;
};

export function useListKeys(keys: Keys): void {
  const latest = useRef(keys);
  latest.current = keys;
  useEffect(() => {
    function press(event: KeyboardEvent) {
      const target = event.target as HTMLElement;
      const typing = target.closest('input, textarea, select, dialog, [contenteditable]');
      if (event.key === 'Escape' && !target.closest('dialog')) {
        if (typing) target.blur();
        else latest.current.close?.();
        return;
      }
      if (typing || event.metaKey || event.ctrlKey || event.altKey) return;
      if (event.key === 'j') latest.current.move(1);
      else if (event.key === 'k') latest.current.move(-1);
      else if (event.key === 'Enter' && target === document.body) latest.current.open();
      else if (event.key === 'c' && latest.current.create) latest.current.create();
      else if (event.key === '/') document.querySelector<HTMLInputElement>('[data-list-search]')?.focus();
      else return;
      event.preventDefault();
    }
    addEventListener('keydown', press);
    return () => removeEventListener('keydown', press);
  }, []);
}
