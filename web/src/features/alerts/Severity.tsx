/** How bad it is: by shape and word, and only then by colour. */
import type { Alert } from '@/api/contract';
import { t } from '@/i18n';
import css from './alerts.module.css';

const shapes: Record<Alert['severity'], string> = {
  medium: 'M8 1.5 14.5 8 8 14.5 1.5 8z',
  high: 'M8 1.8 15 14H1z',
  critical: 'M5.2 1h5.6L15 5.2v5.6L10.8 15H5.2L1 10.8V5.2z',
};

export function Severity({ of, word = true }: { of: Alert['severity']; word?: boolean }) {
  return (
    <span className={css.severity} data-severity={of}>
      <svg width={16} height={16} viewBox="0 0 16 16" aria-hidden="true">
        <path d={shapes[of]} />
      </svg>
      <span className={word ? undefined : 'sr'}>{t(`alerts.severity.${of}`)}</span>
    </span>
  );
}
