/** Short words about what just happened. Polite, dismissable, above the thumb bar. */
import { useSyncExternalStore } from 'react';
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
const listeners = new Set<() => void>();

function set(next: Toast[]): void {
  toasts = next;
  for (const listener of listeners) listener();
}
const drop = (id: number) => set(toasts.filter((toast) => toast.id !== id));

export function toast(text: string, tone: Toast['tone'] = 'done', action?: Toast['action']): void {
  const id = nextId++;
  set([...toasts.slice(-2), action ? { id, text, tone, action } : { id, text, tone }]);
  // A failure stays long enough to be read twice.
  setTimeout(() => drop(id), tone === 'failed' ? 9_000 : action ? 7_000 : 3_500);
}

export function Toasts({ closeWord }: { closeWord: string }) {
  const items = useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => toasts,
  );
  return (
    <div className={css.toasts} role="status" aria-live="polite">
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
          <IconButton icon="close" label={closeWord} small onClick={() => drop(item.id)} />
        </div>
      ))}
    </div>
  );
}
