/** Why somebody looks at a clear value. The last purpose is offered first; it names no customer. */
export const purposes = ['call', 'message', 'visit', 'contract', 'service', 'correction', 'other'] as const;
export type Purpose = (typeof purposes)[number];

const KEY = 'kedun.purpose';

export function orderedPurposes(): Purpose[] {
  const last = localStorage.getItem(KEY);
  return [...purposes].sort((a, b) => Number(b === last) - Number(a === last));
}

export function rememberPurpose(purpose: Purpose): void {
  localStorage.setItem(KEY, purpose);
}

/** What the ledger will say: the purpose, and for `other` the sentence. */
export function wirePurpose(purpose: Purpose, note: string): string {
  return purpose === 'other' ? `other: ${note.trim()}` : purpose;
}
