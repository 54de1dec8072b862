/** C2SP signed note: a text and the lines of those who signed it, verified with the browser's own Ed25519. */
import { sha256 } from '@noble/hashes/sha2.js';
import { fromBase64, join, same } from './bytes';

const ED25519 = 1;
const encoder = new TextEncoder();

/** The public key of a log, in the form `name+id+base64(0x01 || key)`. */
export type Key = { name: string; id: Uint8Array; bytes: Uint8Array<ArrayBuffer>; text: string };
/** Why a note is not believed. */
export type NoteFault = 'malformed' | 'unknown_key' | 'bad_signature';

/** A key; null for anything else, also for one whose id is not computed from it. */
export function parseKey(text: string): Key | null {
  const [, name, id, encoded] = /^([^\s+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]+)$/.exec(text.trim()) ?? [];
  const typed = encoded ? fromBase64(encoded) : null;
  if (!name || !id || typed?.length !== 33 || typed[0] !== ED25519) return null;
  const computed = sha256(join(encoder.encode(`${name}\n`), typed)).slice(0, 4);
  const stated = Uint8Array.from(id.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
  if (!same(computed, stated)) return null;
  return { name, id: computed, bytes: typed.slice(1), text: text.trim() };
}

/** The two halves of a note, before anything of it is believed; null for anything else. */
export function splitNote(note: string): { text: string; signatures: string[] } | null {
  const cut = note.lastIndexOf('\n\n');
  if (cut < 0 || !note.endsWith('\n')) return null;
  return { text: note.slice(0, cut + 1), signatures: note.slice(cut + 2, -1).split('\n') };
}

/** The text of a note that this key signed; nothing of it is believed unless the signature holds. */
export async function openNote(note: string, key: Key): Promise<{ text: string } | NoteFault> {
  const halves = splitNote(note);
  if (!halves) return 'malformed';
  let signed = false;
  for (const line of halves.signatures) {
    const [, name, encoded] = /^\u2014 (\S+) (\S+)$/.exec(line) ?? [];
    const bytes = encoded ? fromBase64(encoded) : null;
    if (!name || !bytes || bytes.length < 5) return 'malformed';
    if (name !== key.name || !same(bytes.slice(0, 4), key.id)) continue;
    if (!(await verify(key.bytes, bytes.slice(4), encoder.encode(halves.text)))) return 'bad_signature';
    signed = true;
  }
  return signed ? { text: halves.text } : 'unknown_key';
}

/** The browser's own verification where it has one; a small library where it does not. */
async function verify(
  key: Uint8Array<ArrayBuffer>,
  signature: Uint8Array<ArrayBuffer>,
  text: Uint8Array<ArrayBuffer>,
): Promise<boolean> {
  if (signature.length !== 64) return false;
  let own: CryptoKey;
  try {
    own = await crypto.subtle.importKey('raw', key, 'Ed25519', false, ['verify']);
  } catch {
    const { verifyAsync } = await import('@noble/ed25519');
    return verifyAsync(signature, text, key, { zip215: false });
  }
  return crypto.subtle.verify('Ed25519', own, signature, text);
}
