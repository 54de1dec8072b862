import { describe, expect, it } from 'vitest';
import type { FieldDef } from '@/api/contract';
import { both, isComplete, parseChips, splitPersonal, toFilter } from './filter';
import { parseSort, printSort, viewSort } from './list/sort';

const def = (name: string, kind: FieldDef['kind'], level: FieldDef['class']): FieldDef => ({
  id: name,
  name,
  label: { zh: name, en: name },
  kind,
  class: level,
  required: false,
  right: 'edit',
  filterable: true,
  sortable: true,
});
const fields = [def('level', 'select', 'L1'), def('phone', 'phone', 'L3'), def('name', 'text', 'L2')];

describe('filters', () => {
  it('ask only what is complete', () => {
    expect(isComplete({ field: 'level', op: 'empty' })).toBe(true);
    expect(isComplete({ field: 'level', op: 'in', value: [] })).toBe(false);
    expect(isComplete({ field: 'amount', op: 'ge', value: 0 })).toBe(true);
    expect(isComplete({ field: 'done', op: 'eq', value: false })).toBe(true);
    expect(toFilter({ match: 'all', conditions: [{ field: 'level', op: 'eq' }] })).toBeUndefined();
  });
  it('ask a range that has one end as a bound', () => {
    const ask = (value: unknown[]) =>
      toFilter({ match: 'all', conditions: [{ field: 'amount', op: 'between', value }] });
    expect(ask([500, null])).toEqual({ all: [{ field: 'amount', op: 'ge', value: 500 }] });
    expect(ask([undefined, 900])).toEqual({ all: [{ field: 'amount', op: 'le', value: 900 }] });
    expect(ask(['', '2026-11-24'])).toEqual({ all: [{ field: 'amount', op: 'le', value: '2026-11-24' }] });
    expect(ask([0, 900])).toEqual({ all: [{ field: 'amount', op: 'between', value: [0, 900] }] });
    expect(ask([null, undefined])).toBeUndefined();
  });
  it('join with 且 or 或', () => {
    const conditions = [
      { field: 'level', op: 'eq' as const, value: 'A' },
      { field: 'level', op: 'eq' as const, value: 'B' },
    ];
    expect(toFilter({ match: 'any', conditions })).toEqual({ any: conditions });
    expect(both({ any: conditions }, undefined)).toEqual({ any: conditions });
    expect(both({ any: conditions }, { field: 'x', op: 'empty' })).toEqual({
      all: [{ any: conditions }, { field: 'x', op: 'empty' }],
    });
  });
  it('keep personal values and free text out of the address', () => {
    const { open, personal } = splitPersonal(
      {
        match: 'all',
        conditions: [
          { field: 'level', op: 'eq', value: 'A' },
          { field: 'phone', op: 'eq', value: '+8613812345678' },
          { field: 'name', op: 'contains', value: '张' },
          { field: 'unknown', op: 'eq', value: 'x' },
        ],
      },
      fields,
    );
    expect(open.map((c) => c.field)).toEqual(['level']);
    expect(personal.map((c) => c.field)).toEqual(['phone', 'name', 'unknown']);
  });
  it('survive an address written by anybody', () => {
    expect(parseChips('x').conditions).toEqual([]);
    expect(
      parseChips({ conditions: [null, { field: 1 }, { field: 'level', op: 'eq', value: 'A' }] }),
    ).toEqual({
      match: 'all',
      conditions: [{ field: 'level', op: 'eq', value: 'A' }],
    });
  });
  it('sort in both spellings', () => {
    expect(parseSort('-updated_at')).toEqual([{ field: 'updated_at', dir: 'desc' }]);
    expect(printSort({ field: 'name', dir: 'asc' })).toBe('name');
    expect(viewSort(['-at', { field: 'name', dir: 'asc' }])).toEqual([
      { field: 'at', dir: 'desc' },
      { field: 'name', dir: 'asc' },
    ]);
    expect(viewSort([])).toBeUndefined();
  });
});
