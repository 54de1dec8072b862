/** What a mask looks like on screen, and that showing one never needs the value behind it. */
import { renderToStaticMarkup } from 'react-dom/server';
import { beforeAll, describe, expect, it } from 'vitest';
import type { FieldDef, FieldKind } from '@/api/contract';
import { loadLanguage } from '@/i18n';
import { FieldInput, FieldText, isBlank, isMasked, kindOf, operatorsOf, toWire } from '.';

beforeAll(() => loadLanguage('zh-CN'));

const def = (kind: FieldKind, more: Partial<FieldDef> = {}): FieldDef => ({
  id: 'f',
  name: 'f',
  label: { zh: '字段', en: 'Field' },
  kind,
  class: 'L2',
  required: false,
  right: 'edit',
  filterable: true,
  sortable: true,
  ...more,
});
const ask = (d: FieldDef, value: unknown) => {
  const control = { id: 'field-f', 'aria-describedby': 'field-f-error' };
  return renderToStaticMarkup(<FieldInput control={control} def={d} value={value} onChange={() => {}} />);
};
const show = (d: FieldDef, value: Parameters<typeof FieldText>[0]['value']) =>
  renderToStaticMarkup(<FieldText def={d} value={value} />);

describe('values', () => {
  it('show a mask as it came', () => {
    expect(show(def('phone'), { masked: '138****5678' })).toContain('138****5678');
    expect(isMasked({ masked: '' })).toBe(true);
    expect(isMasked(undefined)).toBe(false);
  });
  it('show a dash for nothing', () => {
    for (const value of [undefined, { value: null }, { value: '' }, { value: [] }])
      expect(show(def('text'), value)).toContain('—');
  });
  it('write each kind in its own way', () => {
    expect(show(def('phone'), { value: '+8613812345678' })).toContain('138 1234 5678');
    expect(show(def('money'), { value: 123_456_789 })).toContain('¥1,234,567.89');
    expect(show(def('percent'), { value: 1250 })).toContain('12.5%');
    expect(show(def('boolean'), { value: true })).toContain('是');
    expect(show(def('date'), { value: '2026-11-24' })).toContain('2026-11-24');
    const options = [{ value: 'A', label: { zh: '重点', en: 'Key' }, color: 'cinnabar' }];
    expect(show(def('select', { options }), { value: 'A' })).toContain('重点');
    expect(show(def('multi_select', { options }), { value: ['A', 'B'] })).toContain('B');
    const address = { province: '上海市', city: '上海市', district: '浦东新区', detail: '青榆路 1 号' };
    expect(show(def('address'), { value: address })).toContain('>上海市浦东新区青榆路 1 号<');
  });
  it('make no link of a script', () => {
    expect(show(def('url'), { value: 'javascript:alert(1)' })).not.toContain('href');
    expect(show(def('url'), { value: 'https://example.com' })).toContain('noopener');
  });
  it('match sealed values whole or not at all', () => {
    expect(operatorsOf(def('text', { class: 'L3' }))).toEqual(['eq', 'empty', 'not_empty']);
    expect(operatorsOf(def('text'))).toContain('contains');
  });
  it('draw a kind they do not know as text', () => {
    expect(kindOf(def('hologram' as FieldKind))).toBe(kindOf(def('text')));
  });
  it('send nothing as null and keep false and zero', () => {
    expect(toWire('  ')).toBeNull();
    expect(toWire('')).toBeNull();
    expect(toWire(0)).toBe(0);
    expect(toWire(false)).toBe(false);
    expect(isBlank(0)).toBe(false);
  });
});

describe('a choice of a few', () => {
  const options = [{ value: 'A', label: { zh: '重点', en: 'Key' } }];
  const cases = [
    [def('select', { options }), 'A'],
    [def('boolean'), false],
  ] as const;
  it('is taken back where it need not be made', () => {
    for (const [d, value] of cases) {
      expect(ask(d, value)).toContain('清除');
      expect(ask(d, '')).not.toContain('清除');
      expect(ask({ ...d, required: true }, value)).not.toContain('清除');
    }
  });
  it('is found by its label and its message', () => {
    for (const [d, value] of cases) {
      expect(ask(d, value)).toContain('id="field-f"');
      expect(ask(d, value)).toContain('aria-describedby="field-f-error"');
    }
  });
});
