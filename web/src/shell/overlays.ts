/** Which of the shell's own surfaces is open: they are asked for from many places and shown in one. */
import { useSyncExternalStore } from 'react';

export type Overlay = 'palette' | 'help' | 'tour' | 'notifications' | 'leaving';

let open: Overlay | null = null;
const listeners = new Set<() => void>();

export function show(overlay: Overlay | null): void {
  open = overlay;
  for (const listener of listeners) listener();
}

export function useOverlay(): Overlay | null {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => open,
  );
}

/** Something that must be answered first lies over the page. */
export const isCovered = (): boolean => document.querySelector('dialog[open]') !== null;
