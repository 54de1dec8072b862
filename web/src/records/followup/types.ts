/** What the usual types of follow-up look like, and the phrases people write most. */

import type { Key } from '@/i18n';
import type { IconName } from '@/ui/Icon';

const icons: [RegExp, IconName][] = [
  [/call|phone/, 'phone'],
  [/visit/, 'visit'],
  [/wechat|chat|message|sms/, 'chat'],
  [/mail/, 'mail'],
  [/meet/, 'meeting'],
];

export function typeIcon(type: unknown): IconName {
  return icons.find(([pattern]) => pattern.test(String(type)))?.[1] ?? 'pen';
}

const call: Key[] = ['preset.call.interested', 'preset.call.no_answer', 'preset.call.material'];
const visit: Key[] = ['preset.visit.demo', 'preset.visit.decider', 'preset.visit.away'];
const other: Key[] = ['preset.other.talked', 'preset.other.material', 'preset.other.quote'];

export function presets(type: unknown): Key[] {
  if (/call|phone/.test(String(type))) return call;
  if (/visit|meet/.test(String(type))) return visit;
  return other;
}
