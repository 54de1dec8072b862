import { Link } from '@tanstack/react-router';
import type { Me, ObjectRef } from '@/api/contract';
import { sayMany, t } from '@/i18n';
import { CUSTOMER } from '@/path';
import { Avatar } from '@/ui/Avatar';
import { Button } from '@/ui/Button';
import { Icon, type IconName, isIcon } from '@/ui/Icon';
import { Logo } from '@/ui/Logo';
import { Count } from '@/ui/Tag';
import { DeskPlaces } from './DeskPlaces';
import css from './shell.module.css';
import { useObjects } from './useNav';

function iconOf(object: ObjectRef): IconName {
  if (isIcon(object.name)) return object.name;
  return object.icon && isIcon(object.icon) ? object.icon : 'box';
}

type Props = { me: Me | undefined; waiting: number; alerts: number; onPlus: () => void };

export function Rail({ me, waiting, alerts, onPlus }: Props) {
  const { customer, others, mayBegin } = useObjects();
  return (
    <nav className={css.rail} aria-label={t('nav')}>
      <div className={css.brand}>
        <Logo size={30} />
        <b>{t('brand.short')}</b>
        {me?.demo && <span className={css.demo}>{t('demo.tag')}</span>}
      </div>
      {mayBegin && (
        <Button look="primary" icon="plus" wide onClick={onPlus}>
          {t('nav.plus')}
        </Button>
      )}
      <ul>
        <li>
          <Link to="/" activeOptions={{ exact: true }} className={css.place}>
            <Icon name="today" />
            {t('nav.today')}
          </Link>
        </li>
        {customer && (
          <li>
            <Link to="/records/$object" params={{ object: CUSTOMER }} className={css.place}>
              <Icon name="customers" />
              {sayMany(customer.label)}
            </Link>
          </li>
        )}
        <li>
          <Link to="/approvals" className={css.place}>
            <Icon name="approvals" />
            {t('nav.approvals')}
            <Count n={waiting} label={t('today.waiting', { n: waiting })} />
          </Link>
        </li>
        <li>
          <Link to="/exports" className={css.place}>
            <Icon name="exports" />
            {t('exports.title')}
          </Link>
        </li>
        <DeskPlaces me={me} alerts={alerts} />
      </ul>
      {others.length > 0 && (
        <ul className={css.others} aria-label={t('nav.others')}>
          {others.map((object) => (
            <li key={object.name}>
              <Link to="/records/$object" params={{ object: object.name }} className={css.place}>
                <Icon name={iconOf(object)} />
                {sayMany(object.label)}
              </Link>
            </li>
          ))}
        </ul>
      )}
      <Link to="/me" className={css.self}>
        <Avatar name={me?.person.name ?? ''} size={32} />
        <span>
          <b>{me?.person.name}</b>
          <small>{me?.person.department?.name}</small>
        </span>
      </Link>
    </nav>
  );
}
