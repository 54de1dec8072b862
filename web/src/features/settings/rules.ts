/** The thresholds as a form shows them: whole minutes and hours, a time of day; the wire counts milliseconds. */
import type { RulesBody } from '@/api/admin';

export const MINUTE = 60_000;
export type Unit = 'times' | 'minutes' | 'hours' | 'time';
/** One input: where it is in the setting, in which unit it is shown. */
export type Threshold = { path: string; unit: Unit };
/** The rules by their numbers, with what can be set about them. */
export const thresholds: { rule: string; inputs: Threshold[] }[] = [
  {
    rule: 'R01',
    inputs: [
      { path: 'reveal_rate.more_than', unit: 'times' },
      { path: 'reveal_rate.window_ms', unit: 'minutes' },
    ],
  },
  {
    rule: 'R02',
    inputs: [
      { path: 'idle_reveal.at_least', unit: 'times' },
      { path: 'idle_reveal.window_ms', unit: 'minutes' },
    ],
  },
  {
    rule: 'R03',
    inputs: [
      { path: 'off_hours.from_minute', unit: 'time' },
      { path: 'off_hours.to_minute', unit: 'time' },
    ],
  },
  {
    rule: 'R04',
    inputs: [
      { path: 'split_export.at_least', unit: 'times' },
      { path: 'split_export.window_ms', unit: 'hours' },
    ],
  },
  {
    rule: 'R06',
    inputs: [
      { path: 'file_rate.more_than', unit: 'times' },
      { path: 'file_rate.window_ms', unit: 'minutes' },
    ],
  },
  {
    rule: 'R07',
    inputs: [
      { path: 'denied_scope.burst', unit: 'times' },
      { path: 'denied_scope.burst_window_ms', unit: 'minutes' },
      { path: 'denied_scope.day', unit: 'times' },
      { path: 'denied_scope.day_window_ms', unit: 'hours' },
    ],
  },
];

type Tree = Record<string, Record<string, unknown>>;

export function valueAt(rules: RulesBody, path: string): number {
  const [section = '', name = ''] = path.split('.');
  const value = (rules as unknown as Tree)[section]?.[name];
  return typeof value === 'number' ? value : 0;
}

export function withValue(rules: RulesBody, path: string, value: number): RulesBody {
  const [section = '', name = ''] = path.split('.');
  const tree = rules as unknown as Tree;
  return { ...rules, [section]: { ...tree[section], [name]: value } };
}

const pad = (n: number) => String(n).padStart(2, '0');

export function shown(value: number, unit: Unit): string {
  switch (unit) {
    case 'times':
      return String(value);
    case 'minutes':
      return String(value / MINUTE);
    case 'hours':
      return String(value / MINUTE / 60);
    case 'time':
      return `${pad(Math.floor(value / 60) % 24)}:${pad(value % 60)}`;
  }
}

/** What was typed, as the wire has it; none while it is no number. */
export function typed(text: string, unit: Unit): number | null {
  if (unit === 'time') {
    const [hours = Number.NaN, minutes = Number.NaN] = text.split(':').map(Number);
    const value = hours * 60 + minutes;
    return Number.isFinite(value) ? value : null;
  }
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value)) return null;
  return Math.round(unit === 'times' ? value : value * MINUTE * (unit === 'hours' ? 60 : 1));
}
