/** Onto the clipboard, and said whether it got there: a browser may refuse, and an address without TLS has none. */
import { t } from '@/i18n';
import { toast } from '@/ui/toast';

export async function copyText(text: string, done: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    toast(done);
  } catch {
    toast(t('copy.by_hand'), 'failed');
  }
}
