/**
 * Whether a sheet is still on the screen when its call is answered: one that was closed meanwhile must not close the sheet
 * that took its place, and what the server refused is then said where it can be read.
 */
import { type RefObject, useEffect, useRef } from 'react';

export function useHere(): RefObject<boolean> {
  const here = useRef(true);
  useEffect(() => {
    here.current = true;
    return () => {
      here.current = false;
    };
  }, []);
  return here;
}
