import { Link } from '@tanstack/react-router';
import { Fragment, type ReactNode } from 'react';
import type { Me, ObjectRef } from '@/api/contract';
import { sayMany, t } from '@/i18n';
import { Avatar } from '@/ui/Avatar';
import { Button } from '@/ui/Button';
import { Icon } from '@/ui/Icon';
import { Logo } from '@/ui/Logo';
import { PlaceCount } from './PlaceCount';
import { type Counts, type Group, groups, type Place, usePlaces } from './places';
import css from './shell.module.css';
import { Tools } from './Tools';
import { iconOf, useObjects } from './useNav';

const onRail = (places: Place[], group: Group) =>
  places.filter((place) => place.group === group && !place.offRail);

export function Rail({ me, counts, onPlus }: { me: Me | undefined; counts: Counts; onPlus: () => void }) {
  const { customer, others, mayBegin } = useObjects();
  const places = usePlaces();
  return (
    <nav className={css.rail} aria-label={t('nav')}>
      <div className={css.brand}>
        <Logo size={30} />
        <b>{t('brand.short')}</b>
        {me?.demo && <span className={css.demo}>{t('demo.tag')}</span>}
      </div>
      <Tools />
      {mayBegin && (
        <Button look="primary" icon="plus" wide data-tour="plus" onClick={onPlus}>
          {t('nav.plus')}
        </Button>
      )}
      {groups.map((group) => (
        <Fragment key={group}>
          <PlaceList group={group} places={onRail(places, group)} counts={counts}>
            {group === 'work' && customer && <ObjectLink object={customer} />}
          </PlaceList>
          {group === 'work' && others.length > 0 && (
            <ul className={css.others} aria-label={t('nav.others')}>
              {others.map((object) => (
                <ObjectLink key={object.name} object={object} />
              ))}
            </ul>
          )}
        </Fragment>
      ))}
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

function PlaceList({
  group,
  places,
  counts,
  children,
}: {
  group: Group;
  places: Place[];
  counts: Counts;
  children?: ReactNode;
}) {
  if (places.length === 0) return null;
  const [first, ...rest] = places.map((place) => (
    <li key={place.to}>
      <Link
        to={place.to}
        activeOptions={{ exact: place.exact ?? false }}
        className={css.place}
        data-tour={place.to}
      >
        <Icon name={place.icon} />
        {t(place.word)}
        <PlaceCount of={place.count} counts={counts} />
      </Link>
    </li>
  ));
  return (
    <ul className={group === 'work' ? undefined : css.others} aria-label={t(`group.${group}`)}>
      {first}
      {children}
      {rest}
    </ul>
  );
}

function ObjectLink({ object }: { object: ObjectRef }) {
  return (
    <li>
      <Link
        to="/records/$object"
        params={{ object: object.name }}
        className={css.place}
        data-tour={object.name}
      >
        <Icon name={iconOf(object)} />
        {sayMany(object.label)}
      </Link>
    </li>
  );
}
