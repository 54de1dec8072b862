import { Link, useLocation } from '@tanstack/react-router';
import { Fragment, type ReactNode, useId, useState } from 'react';
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

/** Objects beside the customers that stand on the rail of everybody who may use them. */
const SHOWN = 3;

const onRail = (places: Place[], group: Group) =>
  places.filter((place) => place.group === group && !place.offRail);

export function Rail({ me, counts, onPlus }: { me: Me | undefined; counts: Counts; onPlus: () => void }) {
  const { customer, others, mayBegin } = useObjects();
  const places = usePlaces();
  return (
    <nav className={css.rail} aria-label={t('nav')}>
      <div className={css.railHead}>
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
      </div>
      <div className={css.places}>
        {groups.map((group) => (
          <Fragment key={group}>
            <PlaceList group={group} places={onRail(places, group)} counts={counts}>
              {group === 'work' && customer && <ObjectLink object={customer} />}
            </PlaceList>
            {group === 'work' && others.length > 0 && <Others objects={others} />}
          </Fragment>
        ))}
      </div>
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

/** The first few, and the others one tap away: together with the rest they would be longer than most screens. */
function Others({ objects }: { objects: ObjectRef[] }) {
  const list = useId();
  const here = useLocation({ select: ({ pathname }) => pathname.split('/')[2] });
  const [open, setOpen] = useState(false);
  // Nobody hides one or two of them behind a button of the same height.
  const few = objects.length <= SHOWN + 1;
  const [shown, rest] = few ? [objects, []] : [objects.slice(0, SHOWN), objects.slice(SHOWN)];
  const isHere = rest.some((object) => object.name === here);
  const all = open || isHere;
  return (
    <ul id={list} className={css.others} aria-label={t('nav.others')}>
      {[...shown, ...(all ? rest : [])].map((object) => (
        <ObjectLink key={object.name} object={object} />
      ))}
      {rest.length > 0 && !isHere && (
        <li>
          <button
            type="button"
            className={css.place}
            aria-expanded={all}
            aria-controls={list}
            onClick={() => setOpen(!open)}
          >
            <Icon name={open ? 'up' : 'down'} />
            {open ? t('nav.fewer') : t('nav.all', { n: rest.length })}
          </button>
        </li>
      )}
    </ul>
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
