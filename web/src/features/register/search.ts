/** What of the register stands in the address. */
import type { ExportCase } from '@/api/contract';

export type RegisterTab = 'list' | 'reviews' | 'trace';
export type RegisterSearch = {
  tab?: Exclude<RegisterTab, 'list'> | undefined;
  month?: string | undefined;
  person?: string | undefined;
  state?: ExportCase['state'] | undefined;
};

export const exportStates: ExportCase['state'][] = [
  'waiting',
  'approved',
  'running',
  'ready',
  'rejected',
  'cancelled',
  'expired',
  'failed',
];
