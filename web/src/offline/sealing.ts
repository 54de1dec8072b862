/**
 * What seals whatever this device keeps: AES-256-GCM under a key that the server hands to a living session of this
 * person on this device and keeps nowhere. Once the session or the device is ended, what lies here is noise.
 *
 * The place is bound in, so that a sealed text cannot be moved to another name.
 */
let key: CryptoKey | null = null;

const places = (place: string) => new TextEncoder().encode(place);

/** Takes the key of this session; answers whether this browser can seal at all. */
export async function takeKey(secret: string | undefined): Promise<boolean> {
  if (!secret || !globalThis.crypto?.subtle) return false;
  const bytes = Uint8Array.from(atob(secret), (c) => c.charCodeAt(0));
  key = await crypto.subtle.importKey('raw', bytes, 'AES-GCM', false, ['encrypt', 'decrypt']);
  return true;
}

export function dropKey(): void {
  key = null;
}

export const canSeal = (): boolean => key !== null;

/** The sealed bytes, or null without a key. */
export async function seal(
  place: string,
  plain: Uint8Array<ArrayBuffer>,
): Promise<Uint8Array<ArrayBuffer> | null> {
  if (!key) return null;
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const sealed = await crypto.subtle.encrypt(
    { name: 'AES-GCM', iv, additionalData: places(place) },
    key,
    plain,
  );
  const bytes = new Uint8Array(12 + sealed.byteLength);
  bytes.set(iv);
  bytes.set(new Uint8Array(sealed), 12);
  return bytes;
}

/** The plain bytes, or null: somebody else's, another place's, or from before the device was ended. */
export async function unseal(
  place: string,
  sealed: Uint8Array<ArrayBuffer>,
): Promise<Uint8Array<ArrayBuffer> | null> {
  if (!key) return null;
  try {
    return new Uint8Array(
      await crypto.subtle.decrypt(
        { name: 'AES-GCM', iv: sealed.slice(0, 12), additionalData: places(place) },
        key,
        sealed.slice(12),
      ),
    );
  } catch {
    return null;
  }
}
