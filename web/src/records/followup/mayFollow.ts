/** Whether this person may write a follow-up about a record that they see: not where it has to be claimed first. */
import type { KedunRecord } from '@/api/contract';

export const mayFollow = ({ rights }: Pick<KedunRecord, 'rights'>): boolean =>
  !rights.claim && !rights.shown_only;
