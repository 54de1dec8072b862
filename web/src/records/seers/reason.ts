/** Why somebody sees something, in a sentence: the rule's row scope as it stands to this record. */
import type { Because, RoleRef } from '@/api/contract';
import { say, t, tCode } from '@/i18n';

export function reasonText(because: Because, roles: readonly Pick<RoleRef, 'name' | 'label'>[]): string {
  const role = say(roles.find((known) => known.name === because.role)?.label) || because.role;
  const scope = typeof because.scope === 'string' ? because.scope : 'through';
  return t('seers.because', {
    role,
    why: because.contains ? tCode('seers.in', scope) : tCode('seers.out', scope),
  });
}

/** What that rule would give, or what it gives. */
export function rightText(because: Because): string {
  if (because.right === undefined) return '';
  return tCode('verdict', because.right);
}
