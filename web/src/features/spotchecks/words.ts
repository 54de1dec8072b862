/** How a week, an average and a state are written. */
import { t } from '@/i18n';
import { date } from '@/i18n/format';
import type { Tone } from '@/ui/Tag';

export const tones: Record<'due' | 'open' | 'done', Tone> = { due: 'amber', open: 'indigo', done: 'jade' };

/** Whole percent of what was possible. */
export const percent = ({ points, most }: { points: number; most: number }): number =>
  Math.round((points * 100) / Math.max(1, most));

/** The week ends with a Sunday: the moment after it belongs to the next. */
export const daysWords = ({ begins_at, ends_at }: { begins_at: string; ends_at: string }): string =>
  t('spot.days', { from: date(begins_at), to: date(new Date(Date.parse(ends_at) - 1).toISOString()) });
