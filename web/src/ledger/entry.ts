/**
 * One row of the log, read from the very bytes that were hashed. The canonical CBOR of `crates/ledger/src/entry.rs`:
 * a map with ascending small keys, definite lengths.
 */
import { toHex } from './bytes';

export type LogEntry = {
  id: string;
  at: number;
  actor: string;
  action: string;
  object: string | null;
  reference: string | null;
  fields: string[];
  purpose: string | null;
  decision: 'allowed' | 'denied' | 'system';
  count: number | null;
};

type Value = number | string | Uint8Array | Value[] | Map<Value, Value>;
const decoder = new TextDecoder('utf-8', { fatal: true });
const decisions = { 1: 'allowed', 2: 'denied', 3: 'system' } as const;

class Reader {
  private at = 0;
  constructor(private readonly bytes: Uint8Array) {}

  get done(): boolean {
    return this.at === this.bytes.length;
  }

  private take(length: number): Uint8Array {
    const part = this.bytes.slice(this.at, this.at + length);
    if (part.length !== length) throw new RangeError('the entry is cut short');
    this.at += length;
    return part;
  }

  private number(info: number): number {
    if (info < 24) return info;
    const width = [1, 2, 4, 8][info - 24];
    if (!width) throw new RangeError('an indefinite length');
    const n = this.take(width).reduce((sum, byte) => sum * 256 + byte, 0);
    if (!Number.isSafeInteger(n)) throw new RangeError('a number that is too large');
    return n;
  }

  value(): Value {
    const head = this.take(1)[0] as number;
    const n = this.number(head & 31);
    switch (head >> 5) {
      case 0:
        return n;
      case 1:
        return -1 - n;
      case 2:
        return this.take(n);
      case 3:
        return decoder.decode(this.take(n));
      case 4:
        return Array.from({ length: n }, () => this.value());
      case 5:
        return new Map(Array.from({ length: n }, () => [this.value(), this.value()] as const));
      default:
        throw new RangeError('not of this format');
    }
  }
}

/** The entry, or null when the bytes are none. */
export function decodeEntry(bytes: Uint8Array): LogEntry | null {
  try {
    const reader = new Reader(bytes);
    const map = reader.value();
    if (!reader.done || !(map instanceof Map) || map.get(0) !== 1) return null;
    const text = (key: number) => {
      const value = map.get(key);
      return typeof value === 'string' ? value : null;
    };
    const number = (key: number) => {
      const value = map.get(key);
      return typeof value === 'number' ? value : null;
    };
    const hex = (key: number) => {
      const value = map.get(key);
      return value instanceof Uint8Array ? toHex(value) : null;
    };
    const [id, at, actor, action] = [hex(1), number(2), hex(5), text(8)];
    const decision = decisions[number(14) as keyof typeof decisions];
    const fields = map.get(12) ?? [];
    if (id === null || at === null || actor === null || action === null || !decision) return null;
    if (!Array.isArray(fields)) return null;
    return {
      id,
      at,
      actor,
      action,
      object: text(9),
      reference: hex(10),
      fields: fields.filter((field) => typeof field === 'string'),
      purpose: text(13),
      decision,
      count: number(16),
    };
  } catch {
    return null;
  }
}
