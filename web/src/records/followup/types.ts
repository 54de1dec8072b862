/** What the usual types of follow-up look like, and the phrases people write most. */

import type { FieldDef } from '@/api/contract';
import type { Key } from '@/i18n';
import type { IconName } from '@/ui/Icon';

type Choice = NonNullable<FieldDef['options']>[number];

const icons: [RegExp, IconName][] = [
  [/call|phone/, 'phone'],
  [/visit/, 'visit'],
  [/wechat|chat|message|sms/, 'chat'],
  [/mail/, 'mail'],
  [/meet/, 'meeting'],
  [/note/, 'note'],
];

export function typeIcon(type: unknown): IconName {
  return icons.find(([pattern]) => pattern.test(String(type)))?.[1] ?? 'pen';
}

const call: Key[] = ['preset.call.interested', 'preset.call.no_answer', 'preset.call.material'];
const visit: Key[] = ['preset.visit.demo', 'preset.visit.decider', 'preset.visit.away'];
const note: Key[] = ['preset.note.parking', 'preset.note.hours', 'preset.note.prefers'];
const other: Key[] = ['preset.other.talked', 'preset.other.material', 'preset.other.quote'];

export function presets(type: unknown): Key[] {
  if (/call|phone/.test(String(type))) return call;
  if (/visit|meet/.test(String(type))) return visit;
  if (/note/.test(String(type))) return note;
  return other;
}

/** What one captures on the way to the car, in the order of how often. */
const captured = ['call', 'visit', 'note'];

export function captureTypes(options: Choice[] | undefined): Choice[] {
  return captured
    .map((value) => options?.find((option) => option.value === value && !option.inactive))
    .filter((option) => option !== undefined);
}

const LAST = 'kedun.capture';

/** The kind that was captured last; it names no customer. */
export function lastType(options: Choice[]): string {
  const last = localStorage.getItem(LAST);
  return (options.find((option) => option.value === last) ?? options[0])?.value ?? '';
}

export function rememberType(type: string): void {
  localStorage.setItem(LAST, type);
}
