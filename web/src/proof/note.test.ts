/** A signed note is believed only as it was signed, and only under the key that signed it. */
import { generateKeyPairSync, sign } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { bodyOf, parseKey, parseNote, verify } from './note';

function pair(name: string) {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const raw = publicKey.export({ type: 'spki', format: 'der' }).subarray(-32);
  const id = 'a1b2c3d4';
  return {
    key: `${name}+${id}+${Buffer.concat([Buffer.from([1]), raw]).toString('base64')}`,
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
    expect(parseNote('no signature')).toBeNull();
    expect(parseKey('kedun/house+a1b2c3d4+AAAA')).toBeNull();
    expect(bodyOf('{}')).toBeNull();
    expect(await verify('junk', 'junk')).toBe('invalid');
  });
});
