/** A record as people hand it on: the address of its page, or its id alone. */
export function addressed(text: string): { object?: string; id: string } | null {
  const address = /records\/([a-z][a-z0-9_]*)\/([0-9A-Za-z-]{8,64})/.exec(text);
  if (address?.[1] && address[2]) return { object: address[1], id: address[2] };
  const id = text.trim();
  return /^[0-9A-Za-z-]{8,64}$/.test(id) ? { id } : null;
}
