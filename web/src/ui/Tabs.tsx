/** Tabs that scroll sideways on a phone. Arrow keys move, as readers expect of a tablist. */
import { type KeyboardEvent, type ReactNode, useLayoutEffect, useRef } from 'react';
import { cx } from './cx';
import css from './Tabs.module.css';

export type Tab<K extends string> = { key: K; label: ReactNode; count?: number };

type Props<K extends string> = {
  label: string;
  tabs: Tab<K>[];
  /** None while something else fills the panel. */
  value: K | null;
  onChange: (key: K) => void;
  /** The id of the panel that the tabs fill. */
  panel: string;
};

export function Tabs<K extends string>({ label, tabs, value, onChange, panel }: Props<K>) {
  const row = useRef<HTMLDivElement>(null);
  // Sideways only: the page stays where it is when the tabs lie below what is seen of it.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the chosen tab is found by what it became
  useLayoutEffect(() => {
    const box = row.current;
    const chosen = box?.querySelector<HTMLElement>('[aria-selected=true]');
    if (!box || !chosen) return;
    const [left, right] = [
      chosen.offsetLeft - box.offsetLeft,
      chosen.offsetLeft - box.offsetLeft + chosen.offsetWidth,
    ];
    if (left < box.scrollLeft) box.scrollLeft = left;
    else if (right > box.scrollLeft + box.clientWidth) box.scrollLeft = right - box.clientWidth;
  }, [value]);
  function move(event: KeyboardEvent<HTMLDivElement>) {
    const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
    if (!step) return;
    event.preventDefault();
    event.stopPropagation();
    const at = tabs.findIndex((tab) => tab.key === value);
    const next = tabs[at < 0 ? 0 : (at + step + tabs.length) % tabs.length];
    if (!next) return;
    onChange(next.key);
    const buttons = event.currentTarget.querySelectorAll<HTMLButtonElement>('[role=tab]');
    buttons[tabs.indexOf(next)]?.focus();
  }
  return (
    <div ref={row} className={css.tabs} role="tablist" aria-label={label} onKeyDown={move}>
      {tabs.map((tab) => (
        <button
          key={tab.key}
          type="button"
          role="tab"
          id={`${panel}-${tab.key}`}
          aria-controls={panel}
          aria-selected={tab.key === value}
          tabIndex={tab.key === value || (value === null && tab === tabs[0]) ? 0 : -1}
          className={cx(css.tab, tab.key === value && css.on)}
          onClick={() => onChange(tab.key)}
        >
          {tab.label}
          {tab.count !== undefined && tab.count > 0 && <span className={css.count}>{tab.count}</span>}
        </button>
      ))}
    </div>
  );
}

type PanelProps = {
  id: string;
  tab: string /** What it holds while that is not the tab's. */;
  label?: string;
  children: ReactNode;
};

export function TabPanel({ id, tab, label, children }: PanelProps) {
  return (
    <div
      id={id}
      role="tabpanel"
      aria-label={label}
      aria-labelledby={label === undefined ? `${id}-${tab}` : undefined}
      className={css.panel}
    >
      {children}
    </div>
  );
}
