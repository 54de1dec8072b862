/** What an alert says, in words: shown on its page, in the toast that announces it, and read out. */
import type { Alert } from '@/api/contract';
import { type Key, t, tCode } from '@/i18n';

/** Rules that have a sentence of their own; a rule that came later is named by its code. */
const told = ['R01', 'R02', 'R03', 'R04', 'R06', 'R07'] as const;
type Told = (typeof told)[number];
const isTold = (rule: string): rule is Told => (told as readonly string[]).includes(rule);

/** `10 minutes`, `1 hour`, `2 days`: the largest unit that says it whole. */
export function windowText(seconds: number): string {
  const [unit, n]: [Key, number] =
    seconds > 86_400 && seconds % 86_400 === 0
      ? ['alerts.window.days', seconds / 86_400]
      : seconds >= 3_600 && seconds % 3_600 === 0
        ? ['alerts.window.hours', seconds / 3_600]
        : ['alerts.window.minutes', Math.round(seconds / 60)];
  return t(unit, { n });
}

export const ruleText = (rule: string) => tCode('alerts.rule', rule);

/** How much in which time. */
export function whatText({ rule, count, window_seconds }: Alert): string {
  if (!isTold(rule)) return ruleText(rule);
  return t(`alerts.what.${rule}`, { n: count, window: windowText(window_seconds) });
}

/** What to make of it. */
export const whyText = ({ rule }: Alert): string | null => (isTold(rule) ? t(`alerts.why.${rule}`) : null);

/** Somebody's name; a person whom the directory no longer has is still somebody. */
export const nameOf = (person: { id: string; name?: string }) => person.name || person.id;
