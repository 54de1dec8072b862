/** j/k move, Enter opens, Escape closes, `/` searches, `c` creates. Silent while somebody types. */
import { useEffect, useRef } from 'react';

type Keys = {
  move: (by: 1 | -1) => void;
  open: () => void;
  close?: (() => void) | undefined;
  create?: (() => void) | undefined;
};

const isTyping = (target: HTMLElement) =>
  target.closest('input, textarea, select, dialog, [contenteditable]') !== null;

/** `e` edits the record on screen, wherever it is shown. */
export function useEditKey(edit: () => void): void {
  const latest = useRef(edit);
  latest.current = edit;
  useEffect(() => {
    function press(event: KeyboardEvent) {
      if (event.key !== 'e' || event.metaKey || event.ctrlKey || event.altKey) return;
      if (isTyping(event.target as HTMLElement)) return;
      event.preventDefault();
      latest.current();
    }
    addEventListener('keydown', press);
    return () => removeEventListener('keydown', press);
  }, []);
}

export function useListKeys(keys: Keys): void {
  const latest = useRef(keys);
  latest.current = keys;
  useEffect(() => {
    function press(event: KeyboardEvent) {
      const target = event.target as HTMLElement;
      const typing = isTyping(target);
      if (event.key === 'Escape' && !target.closest('dialog')) {
        // The browser closes an open menu with this key; the panel under it stays.
        if (document.querySelector(':popover-open')) return;
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
