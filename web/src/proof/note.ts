/**
 * Signed notes (C2SP `signed-note`, Ed25519), checked in the browser: the statement that a customer or a guardian holds
 * is what the house signed, letter by letter.
 */

import { fromBase64, toHex } from '@/ledger/bytes';

export type Verdict = 'valid' | 'invalid' | 'unsupported';
export type SignedNote = { text: string; signatures: { name: string; id: string; signature: Uint8Array }[] };

/** `name+hash+base64`: the name, the id of the key and its 32 bytes. */
export function parseKey(text: string): { name: string; id: string; key: Uint8Array } | null {
  const first = text.indexOf('+');
  const second = text.indexOf('+', first + 1);
  if (first < 1 || second < 0) return null;
  const bytes = fromBase64(text.slice(second + 1).trim());
  // The first byte says what kind of key it is; we know Ed25519.
  if (bytes?.length !== 33 || bytes[0] !== 1) return null;
  return { name: text.slice(0, first), id: text.slice(first + 1, second), key: bytes.slice(1) };
}

/** Text, blank line, signatures; null for anything else. */
export function parseNote(note: string): SignedNote | null {
  const border = note.lastIndexOf('\n\n');
  if (border < 0) return null;
  const signatures = [];
  for (const line of note.slice(border + 2).split('\n')) {
    if (line === '') continue;
    const match = /^\u2014 (\S+) (\S+)$/.exec(line);
    const bytes = match?.[2] ? fromBase64(match[2]) : null;
    if (!match?.[1] || !bytes || bytes.length < 5) return null;
    signatures.push({ name: match[1], id: toHex(bytes.slice(0, 4)), signature: bytes.slice(4) });
  }
  return signatures.length > 0 ? { text: note.slice(0, border + 1), signatures } : null;
}

/** The JSON of a certificate, below its first line; null when it is none. */
export function bodyOf(note: string): Record<string, unknown> | null {
  const text = parseNote(note)?.text;
  if (!text?.startsWith('kedun-certificate/1 ')) return null;
  try {
    return JSON.parse(text.slice(text.indexOf('\n') + 1)) as Record<string, unknown>;
  } catch {
    return null;
  }
}

/** Whether this key signed this note. A browser without Ed25519 says so rather than guessing. */
export async function verify(note: string, keyText: string): Promise<Verdict> {
  const parsed = parseNote(note);
  const key = parseKey(keyText);
  if (!parsed || !key) return 'invalid';
  const ours = parsed.signatures.find((one) => one.name === key.name && one.id === key.id);
  if (!ours) return 'invalid';
  let imported: CryptoKey;
  try {
    imported = await crypto.subtle.importKey('raw', own(key.key), { name: 'Ed25519' }, false, ['verify']);
  } catch {
    return 'unsupported';
  }
  const text = new TextEncoder().encode(parsed.text);
  const right = await crypto.subtle.verify({ name: 'Ed25519' }, imported, own(ours.signature), own(text));
  return right ? 'valid' : 'invalid';
}

/** A copy over a buffer of its own, which is what the browser's types ask for. */
function own(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const copy = new Uint8Array(new ArrayBuffer(bytes.length));
  copy.set(bytes);
  return copy;
}
