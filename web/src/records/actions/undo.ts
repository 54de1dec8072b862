/**
 * Taking an act back: only where the server has a call that does the opposite and says, in its answer to the act, that
 * this person may make it. The way back is an act of its own, and the log shows both.
 */
import { api, recordPath } from '@/api/client';
import type { KedunRecord } from '@/api/contract';
import { refreshRecord } from '@/api/queries';
import { t } from '@/i18n';
import { toast } from '@/ui/toast';
import { toastProblem } from '../problemText';
import { titleOf } from '../title';

/** What the server answers when a record has changed hands. */
export type Moved = KedunRecord | { id: string; out_of_sight: true };

type Back = { path: string; body?: Record<string, unknown> };

export function wayBack(
  act: 'transfer' | 'release' | 'claim',
  before: KedunRecord,
  after: Moved,
): Back | null {
  if (!('rights' in after)) return null;
  const path = recordPath(before.object, before.id);
  switch (act) {
    case 'transfer':
      return after.rights.transfer && before.owner
        ? { path: `${path}/transfers`, body: { to: before.owner.id, reason: t('undo.reason') } }
        : null;
    case 'release':
      return after.rights.claim ? { path: `${path}/claims` } : null;
    case 'claim':
      return after.rights.release ? { path: `${path}/releases`, body: { reason: t('undo.reason') } } : null;
  }
}

/** Says what happened, with the way back beside it when there is one. */
export function toastMoved(act: 'transfer' | 'release' | 'claim', before: KedunRecord, after: Moved): void {
  const back = wayBack(act, before, after);
  const title = titleOf(before);
  toast(
    t(`${act}.done`, { title }),
    'done',
    back ? undo(before, () => api.post(back.path, back.body)) : undefined,
  );
}

/** The button of a toast that takes something back. */
export function undo(record: KedunRecord, run: () => Promise<unknown>): { label: string; run: () => void } {
  return {
    label: t('undo'),
    run: () =>
      void run().then(() => {
        refreshRecord(record.object, record.id);
        toast(t('undo.done', { title: titleOf(record) }));
      }, toastProblem),
  };
}
