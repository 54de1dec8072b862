/** Lists: columns, saved views. */
import type { lists as zh } from '../zh-CN/lists';

export const lists: Record<keyof typeof zh, string> = {
  'action.share': 'Share',
  'batch.open': 'Transfer or share several',
  'columns.note':
    'Drag a handle to change the order, or drag the headers themselves. The pin keeps the first columns in place while the others scroll. Only this view of yours changes.',
  'columns.handle': 'Move {name}: drag, or use the up and down arrows',
  'columns.freeze': 'Keep in place up to {name}',
  'columns.moved': '{name} is now column {place} of {of}',
  'columns.reordered': 'Columns reordered',
  'undo.done': 'Undone: {title}',
  'undo.reason': 'Undone at once',
  'bin.title': 'Recycle bin',
  'bin.note':
    'What was deleted lies here until retention takes it. Restored, it goes back to its owner, with the contacts, opportunities and the rest that belong under it.',
  'bin.empty': 'The recycle bin is empty',
  'bin.empty.why': 'Deleted {object} appear here and can be restored until retention takes them.',
  'bin.deleted': 'Deleted {when}',
  'bin.restore': 'Restore',
  'bin.restored': 'Restored: {title}',
  'bin.open': 'Open',
  'print.refused':
    'This page was not printed, because the print could not be recorded. Check the network and try again; one print holds at most 200 records, more is an export.',
  'view.menu': 'Views',
  'view.save': 'Save as my view',
  'view.keep': 'Save changes to {name}',
  'view.kept': 'Saved: {name}',
  'view.saved': 'View saved: {name}',
  'view.rename': 'Rename the view',
  'view.drop': 'Delete this view',
  'view.dropped': 'View deleted: {name}',
  'view.name': 'Name of the view',
  'view.note': 'Keeps the present filters and order. Only you see it.',
  'view.withheld':
    '{n} condition holds customer data and is not kept in the view.|{n} conditions hold customer data and are not kept in the view.',
};
