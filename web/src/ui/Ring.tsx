/** Time left, as a ring. The number beside it is for those who do not see rings. */
import { useEffect, useState } from 'react';
import css from './Ring.module.css';

export function useSecondsLeft(until: number | null): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    if (until === null) return;
    setNow(Date.now());
    const timer = setInterval(() => setNow(Date.now()), 250);
    return () => clearInterval(timer);
  }, [until]);
  return until === null ? 0 : Math.max(0, Math.ceil((until - now) / 1000));
}

export function Ring({ left, total, label }: { left: number; total: number; label: string }) {
  const round = 2 * Math.PI * 9;
  return (
    <span className={css.ring} role="timer" aria-label={label}>
      <svg width="24" height="24" viewBox="0 0 24 24" aria-hidden="true">
        <circle cx="12" cy="12" r="9" className={css.track} />
        <circle
          cx="12"
          cy="12"
          r="9"
          className={css.left}
          strokeDasharray={round}
          strokeDashoffset={round * (1 - Math.min(1, left / total))}
          transform="rotate(-90 12 12)"
        />
      </svg>
      <span aria-hidden="true">{left}</span>
    </span>
  );
}
