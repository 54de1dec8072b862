import { useSyncExternalStore } from 'react';

/** One per question: asking the browser anew for every card of a list takes a phone long. */
const asked = new Map<string, MediaQueryList>();

function media(query: string): MediaQueryList {
  const known = asked.get(query) ?? matchMedia(query);
  asked.set(query, known);
  return known;
}

function useMedia(query: string): boolean {
  return useSyncExternalStore(
    (listener) => {
      media(query).addEventListener('change', listener);
      return () => media(query).removeEventListener('change', listener);
    },
    () => media(query).matches,
  );
}

/** The desktop shape of experience.md begins here. */
export const useDesktop = () => useMedia('(min-width: 1024px)');

/** A finger and nothing finer: a phone or a tablet. */
export const useTouch = () => useMedia('(pointer: coarse)');
