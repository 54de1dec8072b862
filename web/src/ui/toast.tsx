/**
 * Short words about what just happened. Polite, dismissable, above the thumb bar.
 *
 * The page has a place for them and so has every dialog, because what lies outside of an open dialog can be neither
 * read out nor tapped. They are shown in the one that lies on top.
 */
import { createContext, useContext, useId, useLayoutEffect, useRef, useSyncExternalStore } from 'react';
import { IconButton } from './Button';
import { Icon } from './Icon';
import css from './toast.module.css';

type Toast = {
  id: number;
  text: string;
  tone: 'done' | 'failed';
  action?: { label: string; run: () => void };
};
let toasts: Toast[] = [];
let nextId = 1;
/** Where they could be shown, the topmost last. */
let places: string[] = [];
const listeners = new Set<() => void>();
const tell = () => {
  for (const listener of listeners) listener();
};
const subscribe = (listener: () => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

function set(next: Toast[]): void {
  toasts = next;
  tell();
}
const drop = (id: number) => {
  // What had the pointer or the keyboard is gone without saying so.
  held = false;
  set(toasts.filter((toast) => toast.id !== id));
};

export function toast(text: string, tone: Toast['tone'] = 'done', action?: Toast['action']): void {
  const id = nextId++;
  set([...toasts.slice(-2), action ? { id, text, tone, action } : { id, text, tone }]);
  // A failure stays long enough to be read twice.
  runOut(id, tone === 'failed' ? 9_000 : action ? 7_000 : 3_500);
}

const TICK = 250;
/** Somebody has the pointer or the keyboard on them. */
let held = false;

/** Counts only while it can be read: whoever comes back from a call finds what it offered. */
function runOut(id: number, left: number): void {
  setTimeout(() => {
    if (!toasts.some((toast) => toast.id === id)) return;
    const next = held || document.hidden ? left : left - TICK;
    if (next <= 0) drop(id);
    else runOut(id, next);
  }, TICK);
}

/** What the button of a message is called: another word than that of the sheet which it stands on. */
export const DismissWord = createContext('');

export function Toasts() {
  const dismiss = useContext(DismissWord);
  const place = useId();
  const box = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    // The page lies under every dialog, also under one that is there before it.
    places = box.current?.closest('dialog') ? [...places, place] : [place, ...places];
    tell();
    return () => {
      places = places.filter((other) => other !== place);
      held = false;
      tell();
    };
  }, [place]);
  const all = useSyncExternalStore(subscribe, () => toasts);
  const isTop = useSyncExternalStore(subscribe, () => places.at(-1) === place);
  const items = isTop ? all : [];
  return (
    <div
      ref={box}
      className={css.toasts}
      role="status"
      aria-live="polite"
      onPointerEnter={(event) => {
        held = event.pointerType === 'mouse';
      }}
      onPointerLeave={() => {
        held = false;
      }}
      onFocus={() => {
        held = true;
      }}
      onBlur={() => {
        held = false;
      }}
    >
      {items.map((item) => (
        <div key={item.id} className={css.toast}>
          <Icon name={item.tone === 'done' ? 'check' : 'alert'} size={18} />
          <span className={css.text}>{item.text}</span>
          {item.action && (
            <button
              type="button"
              className={css.action}
              onClick={() => {
                item.action?.run();
                drop(item.id);
              }}
            >
              {item.action.label}
            </button>
          )}
          <IconButton icon="close" label={dismiss} small onClick={() => drop(item.id)} />
        </div>
      ))}
    </div>
  );
}
