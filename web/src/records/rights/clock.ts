/** How a request stands against its clock. Pure. */
import type { RightsRequest } from '@/api/contract';
import { t } from '@/i18n';
import { daysFromToday } from '@/i18n/format';
import type { Tone } from '@/ui/Tag';

type Clocked = Pick<RightsRequest, 'state' | 'received_at' | 'due_at'>;

export const isSettled = (request: { state: string }) => ['answered', 'refused'].includes(request.state);

/** Whole days until the answer is due; negative when it is late, null when it was given. */
export function daysLeft(request: Clocked, now: Date = new Date()): number | null {
  if (isSettled(request) || !request.due_at) return null;
  return daysFromToday(request.due_at, now);
}

export function leftText(days: number | null): string {
  if (days === null) return '';
  if (days < 0) return t('rights.late', { n: -days });
  return days === 0 ? t('rights.left.today') : t('rights.left', { n: days });
}

export function leftTone(days: number | null): Tone {
  if (days === null) return 'grey';
  if (days < 0) return 'cinnabar';
  return days <= 3 ? 'amber' : 'jade';
}

/** How much of the time is used, 0 to 1. */
export function used(request: Clocked, now: Date = new Date()): number {
  if (!request.received_at || !request.due_at) return 0;
  const from = Date.parse(request.received_at);
  const to = Date.parse(request.due_at);
  return Math.min(1, Math.max(0, (now.getTime() - from) / Math.max(1, to - from)));
}

export const stateTones: Record<RightsRequest['state'], Tone> = {
  identity: 'amber',
  open: 'amber',
  proposed: 'indigo',
  erasing: 'indigo',
  answered: 'jade',
  refused: 'grey',
};
