/** What a record is called, for somebody whose role does not show its name as well. */
import type { KedunRecord } from '@/api/contract';
import { t } from '@/i18n';

export function titleOf(record: Pick<KedunRecord, 'title'>): string {
  return record.title ?? t('record.unnamed');
}
