/**
 * A row that a thumb can push aside: to the right does one thing, to the left another.
 *
 * It is a short cut and never the only way: the same actions stand in the row as buttons, for a keyboard, a reader
 * and whoever does not guess it. A mouse selects text as ever.
 */
import { type PointerEvent, type ReactNode, useRef } from 'react';
import { Icon, type IconName } from './Icon';
import css from './Swipe.module.css';

export type SwipeAct = { icon: IconName; label: string; run: () => void };
type Props = { right?: SwipeAct | undefined; left?: SwipeAct | undefined; children: ReactNode };

/** How far counts as meant, and how far the hand may stray before it is a scroll. */
const MEANT = 88;
const STRAY = 10;

export function Swipe({ right, left, children }: Props) {
  const row = useRef<HTMLDivElement>(null);
  const frame = useRef<HTMLDivElement>(null);
  const start = useRef<{ x: number; y: number; id: number; swiping: boolean } | null>(null);

  function place(x: number) {
    // Through the CSSOM: a style attribute in markup would be refused by the CSP.
    if (row.current) row.current.style.transform = x === 0 ? '' : `translateX(${x}px)`;
    if (frame.current) {
      frame.current.dataset.side = x > 0 ? 'right' : x < 0 ? 'left' : '';
      frame.current.dataset.meant = String(Math.abs(x) >= MEANT);
    }
  }
  const allowed = (x: number) => (x > 0 ? right : x < 0 ? left : undefined);

  function down(event: PointerEvent) {
    if (event.pointerType === 'mouse' || !event.isPrimary) return;
    start.current = { x: event.clientX, y: event.clientY, id: event.pointerId, swiping: false };
  }
  function move(event: PointerEvent) {
    const from = start.current;
    if (!from || from.id !== event.pointerId) return;
    const [x, y] = [event.clientX - from.x, event.clientY - from.y];
    if (!from.swiping) {
      if (Math.abs(y) > STRAY) {
        start.current = null;
        return;
      }
      if (Math.abs(x) < STRAY || !allowed(x)) return;
      from.swiping = true;
      row.current?.setPointerCapture(event.pointerId);
    }
    place(allowed(x) ? Math.max(-160, Math.min(160, x)) : 0);
  }
  function up(event: PointerEvent) {
    const from = start.current;
    start.current = null;
    place(0);
    if (!from?.swiping || event.type === 'pointercancel') return;
    const x = event.clientX - from.x;
    if (Math.abs(x) < MEANT) return;
    // The finger that swiped must not also tap what lies under it.
    row.current?.addEventListener('click', swallow, { capture: true, once: true });
    setTimeout(() => row.current?.removeEventListener('click', swallow, { capture: true }), 50);
    allowed(x)?.run();
  }

  return (
    <div ref={frame} className={css.frame}>
      {right && (
        <span className={css.right} aria-hidden="true">
          <Icon name={right.icon} />
          {right.label}
        </span>
      )}
      {left && (
        <span className={css.left} aria-hidden="true">
          {left.label}
          <Icon name={left.icon} />
        </span>
      )}
      <div
        ref={row}
        className={css.row}
        onPointerDown={down}
        onPointerMove={move}
        onPointerUp={up}
        onPointerCancel={up}
      >
        {children}
      </div>
    </div>
  );
}

function swallow(event: Event): void {
  event.preventDefault();
  event.stopPropagation();
}
