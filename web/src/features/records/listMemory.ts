/**
 * What a list remembers while the app is open: where one was in it, and what must not stand in the address, because
 * search words and filters over personal fields would stay in the browser's history. Memory only.
 */
import type { Condition } from '@/api/contract';
import type { Chips } from '@/records/filter';

export type ListSearch = { view?: string; sort?: string; open?: string; f?: Chips };
type Memory = { q: string; personal: Condition[]; search: ListSearch };
const held = new Map<string, Memory>();

export function listMemory(object: string): Memory {
  let memory = held.get(object);
  if (!memory) {
    memory = { q: '', personal: [], search: {} };
    held.set(object, memory);
  }
  return memory;
}
