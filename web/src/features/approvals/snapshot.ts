/** The thing approved, as rows of words. The hash covers exactly this. */
import type { Filter, ObjectDef, Task } from '@/api/contract';
import { say, t, tCode } from '@/i18n';
import { chipText } from '@/records/list/chipText';
import { fieldNamed } from '@/records/systemFields';
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

export function snapshotRows({ kind, snapshot }: Task, object: ObjectDef | undefined): [string, string][] {
  if (!snapshot) return [];
  const keys = [
    ...shownKeys.filter((key) => key in snapshot),
    // What an erasure found is told by the comparison, which counts it again.
    ...Object.keys(snapshot).filter((key) => !shownKeys.includes(key) && key !== 'preview'),
  ];
  return keys
    .filter((key) => snapshot[key] !== null && snapshot[key] !== undefined && snapshot[key] !== '')
    .map((key) => [
      tCode('snapshot', key),
      kind === 'export' && key === 'case'
        ? exportNumber(String(snapshot.case))
        : words(key, snapshot[key], object),
    ]);
}

/** The number that stands on the file and in the requester's list. */
const exportNumber = (id: string) => `EX-${id.replaceAll('-', '').slice(-8).toUpperCase()}`;

function words(key: string, value: unknown, object: ObjectDef | undefined): string {
  if (key === 'object' && object) return say(object.label);
  if (key === 'purpose') return purposeWords(String(value));
  if (key === 'filter' && object) return filterWords(value as Filter, object);
  // Enough of a fingerprint to compare; the decision carries the hash of the whole.
  if (key === 'filter_hash') return String(value).slice(0, 12);
  if (Array.isArray(value)) return value.map((item) => fieldWords(item, object)).join(t('list.comma'));
  if (typeof value === 'boolean') return value ? t('yes') : t('no');
  if (typeof value === 'object' && value !== null) {
    const named = value as { name?: string; title?: string };
    return named.name ?? named.title ?? JSON.stringify(value);
  }
  return String(value);
}

function fieldWords(name: unknown, object: ObjectDef | undefined): string {
  const def = object && fieldNamed(object, String(name));
  return def ? say(def.label) : String(name);
}

export function purposeWords(purpose: string): string {
  const other = /^other:\s*(.+)$/.exec(purpose);
  return other?.[1] ?? tCode('export.purpose', purpose);
}

function filterWords(filter: Filter, object: ObjectDef): string {
  if ('all' in filter)
    return filter.all.map((part) => filterWords(part, object)).join(` ${t('filter.and')} `);
  if ('any' in filter)
    return `(${filter.any.map((part) => filterWords(part, object)).join(` ${t('filter.or')} `)})`;
  if ('not' in filter) return `${t('filter.not')} (${filterWords(filter.not, object)})`;
  if (!('field' in filter)) return '';
  const def = fieldNamed(object, filter.field);
  return def ? chipText(filter, def) : `${filter.field} ${t(`op.${filter.op}`)}`;
}
