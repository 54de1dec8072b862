/**
 * A bottom sheet on phones, a small dialog on desktops. The browser's own `<dialog>` brings the focus trap,
 * Escape, inert background and the top layer, so no library is needed.
 */
import { createContext, type ReactNode, useContext, useId } from 'react';
import { Button, IconButton } from './Button';
import { cx } from './cx';
import css from './Sheet.module.css';
import { Toasts } from './toast';
import { useModal } from './useModal';

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
  const titleId = useId();
  const overlay = useContext(SheetOverlay);
  const modal = useModal({ onClose, sticky });

  return (
    <dialog
      {...modal}
      className={cx(css.sheet, wide && css.wide, sticky && css.sticky)}
      aria-labelledby={titleId}
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
      <Toasts />
    </dialog>
  );
}

export function SheetActions({ children }: { children: ReactNode }) {
  return <div className={css.actions}>{children}</div>;
}

export { Button };
