/**
 * A bottom sheet on phones, a small dialog on desktops. The browser's own `<dialog>` brings the focus trap,
 * Escape, inert background and the top layer, so no library is needed.
 */
import { createContext, type ReactNode, useContext, useEffect, useId, useRef } from 'react';
import { Button, IconButton } from './Button';
import { cx } from './cx';
import css from './Sheet.module.css';

/** What every floating surface must carry as well, because the top layer is above the page: the watermark. */
export const SheetOverlay = createContext<ReactNode>(null);

type Props = {
  title: string;
  closeWord: string;
  onClose: () => void;
  children: ReactNode;
  footer?: ReactNode;
  wide?: boolean;
  /** Set when leaving without an answer makes no sense, as on the sign-in sheet. */
  sticky?: boolean;
};

export function Sheet({ title, closeWord, onClose, children, footer, wide, sticky }: Props) {
  const ref = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  const overlay = useContext(SheetOverlay);

  useEffect(() => {
    const dialog = ref.current;
    if (!dialog) return;
    dialog.showModal();
    // The browser picks the first control; a form may know better where the thumb is wanted.
    dialog.querySelector<HTMLElement>('[data-first]')?.focus();
    return () => dialog.close();
  }, []);

  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Escape is the dialog's own; the click is on its backdrop
    <dialog
      ref={ref}
      className={cx(css.sheet, wide && css.wide, sticky && css.sticky)}
      aria-labelledby={titleId}
      onCancel={(event) => {
        event.preventDefault();
        if (!sticky) onClose();
      }}
      onClick={(event) => {
        if (event.target === ref.current && !sticky) onClose();
      }}
    >
      <div className={css.inner}>
        <header className={css.head}>
          <h2 id={titleId}>{title}</h2>
          {!sticky && <IconButton icon="close" label={closeWord} onClick={onClose} />}
        </header>
        <div className={css.body}>{children}</div>
        {footer && <footer className={css.foot}>{footer}</footer>}
      </div>
      {overlay}
    </dialog>
  );
}

export function SheetActions({ children }: { children: ReactNode }) {
  return <div className={css.actions}>{children}</div>;
}

export { Button };
