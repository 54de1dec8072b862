/**
 * Every page one can go to, once: the rail, the phone's bar, the 我的 page and the palette are drawn from this table.
 *
 * A new page is a route in `routes.tsx`, a word in `i18n`, and one line here. Who sees a place follows from what the
 * server says this person may do; it hides a link or a page of refusals, it protects nothing.
 */
import { useQuery } from '@tanstack/react-query';
import type { LinkProps } from '@tanstack/react-router';
import type { Me, ObjectRef } from '@/api/contract';
import { meQuery, objectsQuery } from '@/api/queries';
import type { Key } from '@/i18n';
import { CUSTOMER } from '@/path';
import type { IconName } from '@/ui/Icon';

/** `work`: the day's own. `watch`: what somebody must keep an eye on. `house`: accounts, rights, settings. `mine`: my own. */
export type Group = 'work' | 'watch' | 'house' | 'mine';

/** What the server says this person may do. */
export type May = {
  act: (name: string) => boolean;
  /** Without a verb: whether the object is there at all. */
  object: (name: string, verb?: string) => boolean;
};

export type Place = {
  to: NonNullable<LinkProps['to']>;
  icon: IconName;
  word: Key;
  /** What one finds there, or how it stands with it. */
  hint?: Key | ((me: Me) => Key);
  group: Group;
  who: (may: May) => boolean;
  /** Who may look there, where that is more than those whose place it is. */
  looks?: (may: May) => boolean;
  /** In the bottom bar of a phone; whatever is not, the 我的 page lists. */
  bar?: true;
  /** Not shown by the rail, which has its own way there. */
  offRail?: true;
  /** Lights up at exactly this address only. */
  exact?: true;
  /** Which number stands beside it. */
  count?: Counted;
  /** Which number stands beside it in the bar, where the place that it belongs to has no room. */
  barCount?: Counted;
};

/** What waits for this person: decisions of `Today`, alerts to answer. */
export type Counted = 'waiting' | 'alerts';
export type Counts = Record<Counted, number>;

const everybody = () => true;
/** Whoever has records of their own to work on; an administrator without any takes nothing out and waits for nobody. */
const works = (may: May): boolean => !administers(may) || may.object(CUSTOMER);

/** In the order in which they are shown, within their group. */
export const places: readonly Place[] = [
  {
    to: '/',
    icon: 'today',
    word: 'nav.today',
    group: 'work',
    who: everybody,
    bar: true,
    exact: true,
    barCount: 'alerts',
  },
  {
    to: '/board',
    icon: 'opportunity',
    word: 'board.title',
    hint: 'board.hint',
    group: 'work',
    who: (may) => ['customer', 'opportunity', 'follow_up'].some((object) => may.object(object)),
  },
  {
    to: '/approvals',
    icon: 'approvals',
    word: 'nav.approvals',
    group: 'work',
    who: (may) => works(may) || may.act('exports.approve') || may.act('erasures.approve'),
    bar: true,
    count: 'waiting',
  },
  {
    to: '/spot-checks',
    icon: 'spot',
    word: 'spot.title',
    hint: 'spot.hint',
    group: 'work',
    who: (may) => may.act('spot_checks.run'),
  },
  {
    to: '/handovers',
    icon: 'transfer',
    word: 'handovers.title',
    hint: 'handovers.hint',
    group: 'house',
    who: (may) => may.object('handover'),
  },
  {
    to: '/alerts',
    icon: 'bell',
    word: 'alerts.title',
    hint: 'alerts.hint',
    group: 'watch',
    who: (may) => may.object('alert'),
    count: 'alerts',
  },
  {
    to: '/looks',
    icon: 'heat',
    word: 'looks.title',
    hint: 'looks.hint',
    group: 'watch',
    who: (may) => may.act('alerts.receive'),
  },
  {
    to: '/register',
    icon: 'register',
    word: 'register.title',
    hint: 'register.hint',
    group: 'watch',
    who: (may) => may.act('exports.register'),
  },
  {
    to: '/ledger',
    icon: 'ledger',
    word: 'ledger.title',
    hint: 'ledger.hint',
    group: 'watch',
    who: (may) => may.act('ledger.read'),
    // Signature and continuity are everybody's to check; the page says itself that its entries are not.
    looks: everybody,
  },
  {
    to: '/people',
    icon: 'customers',
    word: 'people.title',
    hint: 'people.hint',
    group: 'house',
    who: (may) => may.act('people.manage') || may.act('roles.manage'),
    bar: true,
  },
  {
    to: '/departments',
    icon: 'box',
    word: 'departments.title',
    hint: 'departments.hint',
    group: 'house',
    who: (may) => may.act('people.manage'),
  },
  {
    to: '/roles',
    icon: 'lock',
    word: 'roles.title',
    hint: 'roles.hint',
    group: 'house',
    who: (may) => may.act('roles.manage'),
    looks: (may) => administers(may),
  },
  {
    to: '/who',
    icon: 'eye',
    word: 'who.title',
    hint: 'who.hint',
    group: 'watch',
    who: (may) => may.act('policy.explain'),
  },
  {
    to: '/sessions',
    icon: 'device',
    word: 'presence.title',
    hint: 'presence.hint',
    group: 'watch',
    who: (may) => may.act('sessions.end'),
  },
  {
    to: '/settings',
    icon: 'clock',
    word: 'settings.title',
    hint: 'settings.hint',
    group: 'house',
    who: (may) => administers(may),
  },
  {
    to: '/rights',
    icon: 'scale',
    word: 'rights.title',
    hint: 'rights.hint',
    group: 'watch',
    who: (may) => may.object('rights_request'),
  },
  {
    to: '/erasures',
    icon: 'trash',
    word: 'erasures.title',
    hint: 'erasures.hint',
    group: 'watch',
    who: (may) => may.object('erasure'),
  },
  {
    to: '/retention',
    icon: 'tomorrow',
    word: 'retention.title',
    hint: 'retention.hint',
    group: 'watch',
    who: (may) => may.act('retention.oversee'),
  },
  {
    to: '/exports',
    icon: 'exports',
    word: 'exports.title',
    hint: 'exports.hint',
    group: 'mine',
    who: works,
  },
  {
    to: '/me/scores',
    icon: 'spot',
    word: 'spot.mine',
    hint: 'spot.mine.hint',
    group: 'mine',
    who: (may) => may.object('spot_score'),
    offRail: true,
  },
  {
    to: '/me/devices',
    icon: 'device',
    word: 'devices.title',
    hint: 'devices.hint',
    group: 'mine',
    who: everybody,
    offRail: true,
  },
  {
    to: '/me/security',
    icon: 'key',
    word: 'security.title',
    hint: (me) => (me.totp ? 'security.totp.on' : 'security.totp.off'),
    group: 'mine',
    who: everybody,
    offRail: true,
  },
  {
    to: '/me',
    icon: 'me',
    word: 'nav.me',
    group: 'mine',
    who: everybody,
    bar: true,
    offRail: true,
    exact: true,
  },
];

/** One of the three administrators of 等保. */
export const administers = (may: May): boolean =>
  ['people.manage', 'roles.manage', 'ledger.read'].some((act) => may.act(act));

/** The groups with a heading, in the order of the rail. */
export const groups = ['work', 'watch', 'house', 'mine'] as const satisfies Group[];

export function mayOf(me: Me | undefined, objects: readonly ObjectRef[]): May {
  return {
    act: (name) => me?.acts.includes(name) ?? false,
    object: (name, verb) =>
      objects.some((object) => object.name === name && (!verb || object.verbs.some((own) => own === verb))),
  };
}

export const hintOf = (place: Place, me: Me): Key | undefined =>
  typeof place.hint === 'function' ? place.hint(me) : place.hint;

/** The places of whoever is signed in. */
export function usePlaces(): Place[] {
  const me = useQuery(meQuery);
  const objects = useQuery(objectsQuery);
  const may = mayOf(me.data, objects.data ?? []);
  return places.filter((place) => place.who(may));
}

/**
 * The place at this address, if all that its page would ask for would be refused: then it says so once, instead of once
 * for each part of it, with tools that do nothing. The day's own pages answer for themselves.
 */
export function useRefused(path: string): Place | undefined {
  const me = useQuery(meQuery);
  const objects = useQuery(objectsQuery);
  const place = places.find(
    ({ to, group }) => (group === 'watch' || group === 'house') && (path === to || path.startsWith(`${to}/`)),
  );
  if (!place || !me.data || !objects.data) return undefined;
  return (place.looks ?? place.who)(mayOf(me.data, objects.data)) ? undefined : place;
}
