/** How a role is drawn: a shape and a colour for how far a grant reaches, a letter for each verb. */

import type { Grant } from '@/api/admin';
import type { RowScope, Verb } from '@/api/contract';
import { t, tCode } from '@/i18n';

export const verbs: Verb[] = [
  'create',
  'read',
  'edit',
  'delete',
  'restore',
  'export',
  'transfer',
  'share',
  'claim',
  'release',
  'history',
  'audience',
];

export type Shape = 'all' | 'tree' | 'department' | 'own' | 'shared' | 'pool' | 'through' | 'none';
export const shapes: Exclude<Shape, 'none'>[] = [
  'all',
  'tree',
  'department',
  'own',
  'shared',
  'pool',
  'through',
];

export function scopeName(scope: RowScope): string {
  return typeof scope === 'string' ? scope : 'through';
}
export function shapeOf(scope: RowScope): Shape {
  switch (scopeName(scope)) {
    case 'all':
      return 'all';
    case 'department_tree':
      return 'tree';
    case 'department':
      return 'department';
    case 'own':
      return 'own';
    case 'collaborating':
      return 'shared';
    case 'pool':
      return 'pool';
    case 'none':
      return 'none';
    default:
      return 'through';
  }
}
/** `labelOf` names the object through which a grant reaches. */
export function scopeText(scope: RowScope, labelOf: (object: string) => string): string {
  if (typeof scope === 'string') return tCode('reach', scope);
  return t('reach.through', { object: labelOf(scope.through) });
}
export const verbText = (verb: Verb): string => tCode('verb', verb);
/** One letter: the words of both languages begin with different ones. */
export const verbLetter = (verb: Verb): string => tCode('verb.letter', verb);
export const inOrder = (of: readonly Verb[]): Verb[] => verbs.filter((verb) => of.includes(verb));

export const classes = ['L1', 'L2', 'L3', 'L4'] as const;

/** What a grant shows of a field: by name first, then by class; only what it was bound to. */
export function rightOf(
  grant: Grant,
  field: { id: string; name: string; class: string },
): { right: string; by: 'name' | 'class' | 'unbound' } {
  const known = grant.fields.known?.[field.id];
  // A grant that was never published is bound when it is.
  if (grant.fields.known && known === undefined) return { right: 'none', by: 'unbound' };
  const named = grant.fields.names[known ?? field.name];
  if (named !== undefined) return { right: named, by: 'name' };
  return { right: grant.fields.classes[field.class] ?? 'none', by: 'class' };
}
