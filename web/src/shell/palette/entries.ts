/** What the palette offers besides records: pages and actions of this person. */
import { useNavigate } from '@tanstack/react-router';
import { sayMany, sayOne, t } from '@/i18n';
import { currentLanguage } from '@/i18n/language';
import type { IconName } from '@/ui/Icon';
import { setTheme, storedTheme, type Theme } from '@/ui/theme';
import { show } from '../overlays';
import { type Place, usePlaces } from '../places';
import { leave } from '../signOut';
import { switchLanguage } from '../switchLanguage';
import { iconOf, useObjects } from '../useNav';

export type Entry = {
  key: string;
  icon: IconName;
  label: string;
  hint?: string | undefined;
  run: () => void;
};

export function usePages(): Entry[] {
  const navigate = useNavigate();
  const { customer, others } = useObjects();
  const places = usePlaces().map((place: Place) => ({
    key: `page:${place.to}`,
    icon: place.icon,
    label: t(place.word),
    hint: t(`group.${place.group}`),
    run: () => void navigate({ to: place.to }),
  }));
  const lists = [...(customer ? [customer] : []), ...others].map((object) => ({
    key: `list:${object.name}`,
    icon: iconOf(object),
    label: sayMany(object.label),
    hint: t('palette.list'),
    run: () => void navigate({ to: '/records/$object', params: { object: object.name } }),
  }));
  return [...places.slice(0, 1), ...lists.slice(0, 1), ...places.slice(1), ...lists.slice(1)];
}

const looks: Theme[] = ['light', 'dark', 'auto'];

export function useActions(): Entry[] {
  const navigate = useNavigate();
  const { creatable, mayFollow } = useObjects();
  const entries: Entry[] = [];
  if (mayFollow)
    entries.push({
      key: 'do:follow-up',
      icon: 'pen',
      label: t('followup.title'),
      run: () => void navigate({ to: '/follow-up' }),
    });
  for (const object of creatable)
    entries.push({
      key: `do:new-${object.name}`,
      icon: 'plus',
      label: t('list.new', { object: sayOne(object.label) }),
      run: () => void navigate({ to: '/new/$object', params: { object: object.name } }),
    });
  entries.push({ key: 'do:help', icon: 'help', label: t('help.open'), run: () => show('help') });
  entries.push({ key: 'do:tour', icon: 'info', label: t('tour.again'), run: () => show('tour') });
  entries.push({
    key: 'do:notifications',
    icon: 'bell',
    label: t('notifications.open'),
    run: () => show('notifications'),
  });
  const other = currentLanguage() === 'en' ? 'zh-CN' : 'en';
  entries.push({
    key: 'do:language',
    icon: 'globe',
    label: t('palette.language'),
    run: () => void switchLanguage(other),
  });
  for (const theme of looks.filter((look) => look !== storedTheme()))
    entries.push({
      key: `do:theme-${theme}`,
      icon: 'sun',
      label: t('palette.theme', { look: t(`theme.${theme}`) }),
      run: () => setTheme(theme),
    });
  entries.push({ key: 'do:sign-out', icon: 'out', label: t('signout'), run: leave });
  return entries;
}

/** Every word of the query somewhere in the label; case and width do not matter. */
export function fits(entry: Entry, query: string): boolean {
  const plain = (text: string) => text.normalize('NFKC').toLowerCase();
  const label = plain(`${entry.label} ${entry.hint ?? ''}`);
  return plain(query)
    .split(/\s+/)
    .every((word) => label.includes(word));
}
