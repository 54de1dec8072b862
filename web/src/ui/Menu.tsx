/** A few more actions behind one button: native popover, closed by Escape or a tap outside. */
import { type ReactNode, type ToggleEvent, useId, useRef, useState } from 'react';
import { IconButton } from './Button';
import { cx } from './cx';
import { Icon, type IconName } from './Icon';
import css from './Menu.module.css';

export type MenuItem = { key: string; label: string; icon: IconName; danger?: boolean; run: () => void };

export function Menu({ label, items, icon = 'more' }: { label: string; items: MenuItem[]; icon?: IconName }) {
  const id = useId();
  const popover = useRef<HTMLDivElement>(null);
  const anchor = useRef<HTMLSpanElement>(null);
  const [open, setOpen] = useState(false);
  if (items.length === 0) return null;

  function place(event: ToggleEvent) {
    setOpen(event.newState === 'open');
    const box = anchor.current?.getBoundingClientRect();
    const menu = popover.current;
    if (!box || !menu || event.newState !== 'open') return;
    // Set through the CSSOM: a style attribute in markup would be refused by the CSP.
    menu.style.top = `${Math.min(box.bottom + 4, window.innerHeight - menu.offsetHeight - 8)}px`;
    menu.style.left = `${Math.max(8, box.right - menu.offsetWidth)}px`;
  }

  return (
    <span ref={anchor}>
      {/* The browser must know whose menu it is: a click on the button closes it then, and does not open it again. */}
      <IconButton
        icon={icon}
        label={label}
        aria-haspopup="true"
        aria-controls={id}
        aria-expanded={open}
        popoverTarget={id}
      />
      <div ref={popover} id={id} popover="auto" className={css.menu} onToggle={place}>
        {items.map((item) => (
          <button
            key={item.key}
            type="button"
            className={cx(css.item, item.danger && css.danger)}
            onClick={() => {
              popover.current?.hidePopover();
              item.run();
            }}
          >
            <Icon name={item.icon} size={18} />
            {item.label}
          </button>
        ))}
      </div>
    </span>
  );
}

/** Rows of a sheet that lead somewhere: the ＋ sheet, the 我的 page. */
export function RowButton({
  icon,
  label,
  hint,
  end,
  onClick,
  danger,
}: {
  icon: IconName;
  label: ReactNode;
  hint?: ReactNode;
  end?: ReactNode;
  onClick: () => void;
  danger?: boolean;
}) {
  return (
    <button type="button" className={cx(css.row, danger && css.danger)} onClick={onClick}>
      <Icon name={icon} />
      <span className={css.words}>
        <span>{label}</span>
        {hint && <span className={css.hint}>{hint}</span>}
      </span>
      {end ?? <Icon name="next" size={18} />}
    </button>
  );
}
