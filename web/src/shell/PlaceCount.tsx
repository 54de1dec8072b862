/** The number beside a place, with the words that say of what. */
import { t } from '@/i18n';
import { Count } from '@/ui/Tag';
import type { Counted, Counts } from './places';

export function PlaceCount({ of, counts }: { of: Counted | undefined; counts: Counts }) {
  if (!of) return null;
  const n = counts[of];
  return <Count n={n} label={of === 'alerts' ? t('alerts.open_n', { n }) : t('today.waiting', { n })} />;
}
