/**
 * What every `<dialog>` of ours does as a modal: it opens with the focus where the thumb is wanted, closes when it is
 * asked to and not by accident, and gives the focus back to what opened it.
 */
import { type MouseEvent, type PointerEvent, type SyntheticEvent, useLayoutEffect, useRef } from 'react';

type Options = {
  onClose: () => void;
  /** Set when leaving without an answer makes no sense. */
  sticky?: boolean | undefined;
};

function open(dialog: HTMLDialogElement): void {
  dialog.showModal();
  // The browser picks the first control; a form may know better where the thumb is wanted. React has focused whatever
  // is marked `autoFocus` by now, when nothing of the dialog could be seen yet, so that was in vain.
  dialog.querySelector<HTMLElement>('[data-first]')?.focus();
}

export function useModal({ onClose, sticky }: Options) {
  const ref = useRef<HTMLDialogElement>(null);
  const pressed = useRef(false);

  // In the layout phase: a passive effect ends after React took the dialog away, and then its focus goes nowhere.
  useLayoutEffect(() => {
    const dialog = ref.current;
    if (!dialog) return;
    open(dialog);
    return () => dialog.close();
  }, []);

  /** React lets events of a dialog inside of this one through, and a file picker has a `cancel` of its own. */
  const isOurs = (event: SyntheticEvent) => event.target === ref.current;
  return {
    ref,
    onCancel(event: SyntheticEvent) {
      if (!isOurs(event)) return;
      event.preventDefault();
      if (!sticky) onClose();
    },
    onClose(event: SyntheticEvent) {
      const dialog = ref.current;
      if (!dialog || !isOurs(event) || dialog.open) return;
      // A second Escape, or Back on Android, closes without asking: the browser does not let a page hold anybody.
      if (sticky) open(dialog);
      else onClose();
    },
    onPointerDown(event: PointerEvent) {
      pressed.current = isOurs(event);
    },
    onClick(event: MouseEvent) {
      // Only what began on the backdrop: a selection that is dragged out of a field ends there as well.
      if (isOurs(event) && pressed.current && !sticky) onClose();
    },
  };
}
