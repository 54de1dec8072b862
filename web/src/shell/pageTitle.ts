/** What the browser calls a page: its place or its object, never a customer's name. */
import { useQuery } from '@tanstack/react-query';
import { useRouterState } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import type { ObjectRef } from '@/api/contract';
import { objectsQuery } from '@/api/queries';
import { say, sayMany, sayOne, t } from '@/i18n';
import { places } from './places';

export function pageTitle(path: string, objects: readonly ObjectRef[]): string {
  const words = wordsOf(path, objects);
  return words ? `${words} · ${t('brand.short')}` : t('brand');
}

function wordsOf(path: string, objects: readonly ObjectRef[]): string | undefined {
  const [first, name, id] = path.split('/').filter(Boolean);
  const object = objects.find((one) => one.name === name);
  if (first === 'records') return object && (id ? say(object.label) : sayMany(object.label));
  if (first === 'new') return object && t('list.new', { object: sayOne(object.label) });
  if (first === 'follow-up') return t('followup.title');
  const [place] = places
    .filter(({ to }) => path === to || (to !== '/' && path.startsWith(`${to}/`)))
    .sort((a, b) => b.to.length - a.to.length);
  return place && t(place.word);
}

/** Names the page, and takes the focus along to it, so that a reader goes on there and not where the link was. */
export function usePageTitle(language: string): void {
  const path = useRouterState({ select: (state) => state.resolvedLocation?.pathname });
  const objects = useQuery(objectsQuery).data;
  // biome-ignore lint/correctness/useExhaustiveDependencies: another language has other words
  useEffect(() => {
    if (path !== undefined) document.title = pageTitle(path, objects ?? []);
  }, [path, objects, language]);
  useEffect(
    () => () => {
      document.title = t('brand');
    },
    [],
  );
  const last = useRef(path);
  useEffect(() => {
    const from = last.current;
    last.current = path;
    if (from === undefined || from === path || document.querySelector('dialog[open]')) return;
    const main = document.getElementById('main');
    // A page that has put the focus somewhere itself knows better.
    if (main && !main.contains(document.activeElement)) main.focus({ preventScroll: true });
  }, [path]);
}
