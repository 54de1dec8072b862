/**
 * Which view a list opens with. Who owns none, and sees what others own, opens there instead of on an empty page; whoever
 * then chooses otherwise has chosen, on this device, and is not asked again.
 */
import { useInfiniteQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useEffect } from 'react';
import type { ObjectDef } from '@/api/contract';
import { recordsQuery } from '@/api/queries';
import { firstView, listQuestion } from '@/records/list/query';

/** What people report to one have. */
const THEIRS = 'subordinates';
/** Names of objects and views: nothing of anybody. */
const KEPT = 'kedun.views';

function chosen(): Record<string, string> {
  try {
    return JSON.parse(localStorage.getItem(KEPT) ?? '{}') as Record<string, string>;
  } catch {
    return {};
  }
}

export function rememberView(object: string, view: string): void {
  localStorage.setItem(KEPT, JSON.stringify({ ...chosen(), [object]: view }));
}

/** `none` says that the plain list, with no view and no condition in its address, is there and empty. True while it is not decided. */
export function useOpening(object: ObjectDef, none: boolean): boolean {
  const navigate = useNavigate({ from: '/records/$object' });
  const named = (name: string | undefined) => object.views.find((view) => view.name === name);
  const theirs = named(THEIRS);
  const own = none ? named(chosen()[object.name]) : undefined;
  const asks = none && theirs !== undefined && own === undefined;
  const look = useInfiniteQuery({
    ...recordsQuery(object.name, listQuestion(theirs, undefined)),
    enabled: asks,
  });
  const some = asks && (look.data?.pages[0]?.records.length ?? 0) > 0;
  const opens = own?.name ?? (some ? THEIRS : undefined);
  const first = firstView(object)?.name;
  const goes = opens !== undefined && opens !== first;
  useEffect(() => {
    if (goes) void navigate({ search: (old) => ({ ...old, view: opens }), replace: true });
  }, [goes, opens, navigate]);
  return goes || (asks && look.isLoading);
}
