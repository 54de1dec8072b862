/** A signed note is believed only as it was signed, and only under the key that signed it. */
import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import { describe, expect, it, vi } from 'vitest';
import { bodyOf, verify } from './certificate';

function pair(name: string) {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const raw = publicKey.export({ type: 'spki', format: 'der' }).subarray(-32);
  const typed = Buffer.concat([Buffer.from([1]), raw]);
  const id = createHash('sha256').update(`${name}\n`).update(typed).digest('hex').slice(0, 8);
  return {
    key: `${name}+${id}+${typed.toString('base64')}`,
    note: (text: string) => {
      const signature = sign(null, Buffer.from(text), privateKey);
      return `${text}\n\u2014 ${name} ${Buffer.concat([Buffer.from(id, 'hex'), signature]).toString('base64')}\n`;
    },
  };
}
const text = `kedun-certificate/1 consent\n${JSON.stringify({ purpose: 'sales_contact' }, null, 2)}\n`;

describe('a signed note', () => {
  it('verifies as it was signed', async () => {
    const { key, note } = pair('kedun/house');
    expect(await verify(note(text), key)).toBe('valid');
    expect(bodyOf(note(text))).toEqual({ purpose: 'sales_contact' });
  });

  it('does not verify when a letter was changed, added or taken away', async () => {
    const { key, note } = pair('kedun/house');
    const good = note(text);
    for (const bad of [
      good.replace('sales', 'Sales'),
      good.replace('consent\n', 'consent \n'),
      good.replace('}\n', '}\n\n'),
      good.slice(1),
    ])
      expect(await verify(bad, key)).toBe('invalid');
  });

  it('does not verify under another key of the same name, or under another name', async () => {
    const { note } = pair('kedun/house');
    const other = pair('kedun/house');
    expect(await verify(note(text), other.key)).toBe('invalid');
    expect(await verify(note(text), other.key.replace('house', 'elsewhere'))).toBe('invalid');
  });

  it('is nothing when it is not a note', async () => {
    const { key, note } = pair('kedun/house');
    expect(bodyOf('{}')).toBeNull();
    for (const junk of ['', 'junk', 'no signature\n\n', `${text}\n\u2014 kedun/house AAAA\n`])
      expect(await verify(junk, key)).toBe('invalid');
    for (const junk of ['', 'junk', 'kedun/house+a1b2c3d4+AAAA'])
      expect(await verify(note(text), junk)).toBe('invalid');
  });

  it('is checked by the small library where the browser has no Ed25519', async () => {
    const { key, note } = pair('kedun/house');
    const own = vi.spyOn(crypto.subtle, 'importKey').mockRejectedValue(new Error('NotSupportedError'));
    expect(await verify(note(text), key)).toBe('valid');
    expect(await verify(note(text).replace('sales', 'Sales'), key)).toBe('invalid');
    own.mockRestore();
  });
});
