/** How many looks are left in this hour. Said when it gets tight, so that nobody is surprised in front of a customer. */
import { t } from '@/i18n';

/** From here on it is worth a word. */
const TIGHT = 0.8;

export function leftWords(quota: { used: number; limit: number } | null): string {
  if (!quota || quota.used < quota.limit * TIGHT) return '';
  return t('reveal.quota', { n: Math.max(0, quota.limit - quota.used) });
}
