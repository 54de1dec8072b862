import { beforeEach, describe, expect, it } from 'vitest';
import type { FieldClass, FieldDef, FieldKind } from '@/api/contract';
import { dropDraft, hasUnsaved, mayBeStored, readDraft, wipeDrafts, writeDraft } from './drafts';

const store = new Map<string, string>();
Object.defineProperty(globalThis, 'localStorage', {
  value: new Proxy(
    {
      getItem: (key: string) => store.get(key) ?? null,
      setItem: (key: string, value: string) => store.set(key, value),
      removeItem: (key: string) => store.delete(key),
    },
    {
      ownKeys: () => [...store.keys()],
      getOwnPropertyDescriptor: () => ({ enumerable: true, configurable: true }),
    },
  ),
});

const def = (name: string, kind: FieldKind, level: FieldClass): FieldDef => ({
  id: name,
  name,
  label: { zh: name, en: name },
  kind,
  class: level,
  required: false,
  right: 'edit',
  filterable: false,
  sortable: false,
});
const defs = [
  def('phone', 'phone', 'L3'),
  def('name', 'text', 'L2'),
  def('level', 'select', 'L1'),
  def('secret_choice', 'select', 'L4'),
];

beforeEach(() => wipeDrafts());

describe('drafts', () => {
  it('never write personal data or free text to the disk', () => {
    writeDraft('new:customer', { phone: '13812345678', name: '张三', level: 'A', secret_choice: 'x' }, defs);
    const disk = [...store.values()].join();
    expect(disk).toContain('"level":"A"');
    for (const personal of ['13812345678', '张三', 'secret_choice']) expect(disk).not.toContain(personal);
    expect(readDraft('new:customer').phone).toBe('13812345678');
  });
  it('store no text kind, whatever its class', () => {
    expect(mayBeStored(def('x', 'long_text', 'L1'))).toBe(false);
    expect(mayBeStored(def('x', 'person_name', 'L1'))).toBe(false);
    expect(mayBeStored(def('x', 'money', 'L2'))).toBe(true);
  });
  it('are gone when saved, and all at sign-out', () => {
    writeDraft('a', { level: 'A' }, defs);
    expect(hasUnsaved()).toBe(true);
    dropDraft('a');
    expect(hasUnsaved()).toBe(false);
    writeDraft('b', { level: 'B' }, defs);
    wipeDrafts();
    expect(store.size).toBe(0);
  });
});
