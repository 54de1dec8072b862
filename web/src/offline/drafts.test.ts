import { beforeEach, describe, expect, it } from 'vitest';
import type { FieldClass, FieldDef, FieldKind } from '@/api/contract';
import { disk as store } from './disk.fixture';
import { dropDraft, hasUnsaved, readDraft, unlockDrafts, wipeDrafts, writeDraft } from './drafts';

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
const defs = [def('phone', 'phone', 'L3'), def('name', 'text', 'L2'), def('id_number', 'id_number', 'L4')];
const values = { phone: '13812345678', name: '张三', id_number: '11010519491231002X' };
const mine = btoa('m'.repeat(32));
const theirs = btoa('t'.repeat(32));

/** The disk as a closed tab leaves it, the memory as a new one finds it. */
async function newTab(secret: string): Promise<void> {
  await settled();
  const disk = new Map(store);
  wipeDrafts();
  for (const [name, text] of disk) store.set(name, text);
  await unlockDrafts(secret);
}
const settled = () => new Promise((resolve) => setTimeout(resolve, 20));

beforeEach(() => wipeDrafts());

describe('drafts', () => {
  it('are there again after the tab was closed, but for what is sensitive', async () => {
    await unlockDrafts(mine);
    writeDraft('new:customer', { ...values, phone: '138' }, defs);
    writeDraft('new:customer', values, defs);
    expect(readDraft('new:customer')).toEqual(values);
    await newTab(mine);
    expect(readDraft('new:customer')).toEqual({ phone: '13812345678', name: '张三' });
  });

  it('are noise on the disk, and to anybody else', async () => {
    await unlockDrafts(mine);
    writeDraft('new:customer', values, defs);
    await settled();
    const disk = [...store.values()].join();
    expect(disk).not.toBe('');
    for (const word of ['13812345678', '张三', 'phone', btoa('13812345678'), '11010519491231002X'])
      expect(disk).not.toContain(word);
    await newTab(theirs);
    expect(readDraft('new:customer')).toEqual({});
    expect(store.size).toBe(0);
  });

  it('go with their writer and with what else is theirs; what is the device’s stays', async () => {
    const devices = ['kedun.language', 'kedun.ledger', 'kedun.ledger.alarm', 'kedun.theme'];
    for (const name of [...devices, 'kedun.views', 'kedun.lists', 'kedun.purpose']) store.set(name, 'x');
    await unlockDrafts(mine);
    writeDraft('new:customer', values, defs);
    await settled();
    wipeDrafts();
    expect([...store.keys()].sort()).toEqual(devices);
    store.clear();
  });

  it('do not open under another name', async () => {
    await unlockDrafts(mine);
    writeDraft('follow_up:1', { text: '到访' }, []);
    await settled();
    store.set('kedun.draft.follow_up:2', store.get('kedun.draft.follow_up:1') ?? '');
    await newTab(mine);
    expect(readDraft('follow_up:1')).toEqual({ text: '到访' });
    expect(readDraft('follow_up:2')).toEqual({});
  });

  it('stay in memory without a key, and the tab asks before it closes', async () => {
    writeDraft('a', { name: '张三' }, defs);
    await settled();
    expect(store.size).toBe(0);
    expect(hasUnsaved()).toBe(true);
    dropDraft('a');
    expect(hasUnsaved()).toBe(false);
  });

  it('are gone when saved, when emptied, and all at sign-out', async () => {
    await unlockDrafts(mine);
    writeDraft('a', { name: 'A' }, defs);
    writeDraft('b', { name: 'B' }, defs);
    writeDraft('c', { name: 'C' }, defs);
    dropDraft('a');
    writeDraft('b', { name: '' }, defs);
    await settled();
    expect([...store.keys()]).toEqual(['kedun.draft.c']);
    wipeDrafts();
    expect(store.size).toBe(0);
  });
});
