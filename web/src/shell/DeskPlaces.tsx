/** Where guardians work: in the rail on a desktop. Each only for whom the server lets in. */
import { Link } from '@tanstack/react-router';
import type { Me } from '@/api/contract';
import { t } from '@/i18n';
import { Icon } from '@/ui/Icon';
import { Count } from '@/ui/Tag';
import css from './shell.module.css';

export function DeskPlaces({ me, alerts }: { me: Me | undefined; alerts: number }) {
  return (
    <>
      {me?.objects.includes('alert') && (
        <li>
          <Link to="/alerts" className={css.place}>
            <Icon name="bell" />
            {t('alerts.title')}
            <Count n={alerts} label={t('alerts.open_n', { n: alerts })} />
          </Link>
        </li>
      )}
      {me?.acts.includes('ledger.read') && (
        <li>
          <Link to="/ledger" className={css.place}>
            <Icon name="ledger" />
            {t('ledger.title')}
          </Link>
        </li>
      )}
    </>
  );
}
