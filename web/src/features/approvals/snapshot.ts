/** The thing approved, as rows of words. The hash covers exactly this. */
import type { Filter, Label, Task } from '@/api/contract';
import { say, t, tCode } from '@/i18n';
import { type FilterWords, fieldText, filterText } from '@/records/filterText';
import type { Tone } from '@/ui/Tag';

export const isOpen = (task: Task) => task.state === 'open' || task.state === 'waiting';
/** The server knows who may decide; who asked never does. */
export const isForMe = (task: Task) => isOpen(task) && (task.decidable ?? !task.mine);

export function taskTone(state: string): Tone {
  if (['approved', 'done', 'ready', 'spent'].includes(state)) return 'jade';
  if (['rejected', 'failed'].includes(state)) return 'cinnabar';
  if (['open', 'waiting'].includes(state)) return 'amber';
  return 'grey';
}

const shownKeys = [
  'object',
  'purpose',
  'rows',
  'fields',
  'filter',
  'format',
  'clear',
  'ground',
  'record',
  'note',
  'person',
  'reason',
];

/** What is said of the request, line by line; what is shown in the clear is marked and not only said. */
export type SnapshotRow = { key: string; label: string; value: string; clear?: true };

export function snapshotRows(
  { kind, snapshot }: Task,
  object: Label | undefined,
  said: FilterWords,
): SnapshotRow[] {
  if (!snapshot) return [];
  const keys = [
    ...shownKeys.filter((key) => key in snapshot),
    // What an erasure found is told by the comparison, which counts it again.
    ...Object.keys(snapshot).filter((key) => !shownKeys.includes(key) && key !== 'preview'),
  ];
  return keys
    .filter((key) => snapshot[key] !== null && snapshot[key] !== undefined && snapshot[key] !== '')
    .map((key) => ({
      key,
      label: tCode('snapshot', key),
      value:
        kind === 'export' && key === 'case'
          ? exportNumber(String(snapshot.case))
          : words(key, snapshot[key], object, said),
      ...(key === 'clear' && snapshot.clear === true ? { clear: true } : {}),
    }));
}

/** The number that stands on the file and in the requester's list. */
const exportNumber = (id: string) => `EX-${id.replaceAll('-', '').slice(-8).toUpperCase()}`;

function words(key: string, value: unknown, object: Label | undefined, said: FilterWords): string {
  if (key === 'object') return object ? say(object) : tCode('register.object', String(value));
  if (key === 'purpose') return purposeWords(String(value));
  if (key === 'filter') return filterText(value as Filter, said);
  if (key === 'clear') return t(value === true ? 'register.clear' : 'no');
  // Enough of a fingerprint to compare; the decision carries the hash of the whole.
  if (key === 'filter_hash') return String(value).slice(0, 12);
  if (Array.isArray(value)) return value.map((item) => fieldText(String(item), said)).join(t('list.comma'));
  if (typeof value === 'boolean') return value ? t('yes') : t('no');
  if (typeof value === 'object' && value !== null) {
    const named = value as { name?: string; title?: string };
    return named.name ?? named.title ?? JSON.stringify(value);
  }
  return String(value);
}

export function purposeWords(purpose: string): string {
  const other = /^other:\s*(.+)$/.exec(purpose);
  return other?.[1] ?? tCode('export.purpose', purpose);
}
