/** A one-time password, shown this once: copy it, hand it over, and it is gone. */
import type { OneTime } from '@/api/contract';
import { t } from '@/i18n';
import { dateTime } from '@/i18n/format';
import { copyText } from '@/records/copyText';
import { Button } from '@/ui/Button';
import css from '@/ui/desk.module.css';
import { Sheet } from '@/ui/Sheet';

export function OneTimeSheet({ name, once, onClose }: { name: string; once: OneTime; onClose: () => void }) {
  return (
    <Sheet
      title={t('onetime.title', { name })}
      closeWord={t('close')}
      onClose={onClose}
      sticky
      footer={
        <>
          <Button onClick={() => void copyText(once.password, t('onetime.copied'))}>
            {t('onetime.copy')}
          </Button>
          <Button look="primary" onClick={onClose}>
            {t('onetime.done')}
          </Button>
        </>
      }
    >
      <p>{t('onetime.why', { time: dateTime(once.until) })}</p>
      <code className={css.secret}>{once.password}</code>
      <p className={css.meta}>{t('onetime.how')}</p>
    </Sheet>
  );
}
