/** The order of a list, as it stands in an address and as it is sent. */
import type { Sort } from '@/api/contract';

/** `-updated_at` in the address, `[{field, dir}]` on the wire. */
export function parseSort(text: string | undefined): Sort[] | undefined {
  if (!text) return undefined;
  return text.startsWith('-') ? [{ field: text.slice(1), dir: 'desc' }] : [{ field: text, dir: 'asc' }];
}
/** A view's sort in either of its two spellings. */
export function viewSort(sort: (Sort | string)[] | null | undefined): Sort[] | undefined {
  const list = (sort ?? []).flatMap((item) => (typeof item === 'string' ? (parseSort(item) ?? []) : [item]));
  return list.length > 0 ? list : undefined;
}
export function printSort(sort: Sort | undefined): string | undefined {
  return sort && `${sort.dir === 'desc' ? '-' : ''}${sort.field}`;
}
