/**
 * What a list remembers that must not stand in the address: search words and filters over personal fields
 * would stay in the browser's history. Memory only.
 */
import type { Condition } from '@/api/contract';

type Memory = { q: string; personal: Condition[] };
const held = new Map<string, Memory>();

export function listMemory(object: string): Memory {
  let memory = held.get(object);
  if (!memory) {
    memory = { q: '', personal: [] };
    held.set(object, memory);
  }
  return memory;
}
