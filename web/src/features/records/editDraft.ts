/** What a field holds while it is edited, with the revision it was typed over. */
import type { Values } from '@/offline/drafts';

/** Nothing typed is nothing to keep, and no revision either. */
export const draftOf = (value: unknown, revision: number): Values =>
  value === '' || value === null || value === undefined ? {} : { value, revision };

/** A number that came back without its value (an ID number is never written down) begins anew. */
export const startOf = (kept: Values, now: number): number =>
  kept.value !== undefined && typeof kept.revision === 'number' ? kept.revision : now;
