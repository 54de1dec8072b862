import { describe, expect, it } from 'vitest';
import type { FieldDef, KedunRecord, ObjectDef } from '@/api/contract';
import { begunFrom, followUpShape, planShape, readPlan, relatingField } from './shape';

const field = (name: string, kind: FieldDef['kind'], more: Partial<FieldDef> = {}): FieldDef => ({
  id: name,
  name,
  label: { zh: name, en: name },
  kind,
  class: 'L2',
  required: false,
  right: 'edit',
  filterable: false,
  sortable: false,
  ...more,
});
const object = (name: string, fields: FieldDef[]): ObjectDef => ({
  name,
  label: { zh: name, en: name },
  version: 1,
  title_field: fields[0]?.name ?? '',
  parent: { object: 'customer', field: 'customer' },
  fields,
  forms: [],
  views: [],
  verbs: ['create'],
  icon: '',
  pooled: false,
});
const customer = field('customer', 'reference', { target: 'customer' });
const status = field('status', 'select', {
  options: [
    { value: 'open', label: { zh: '待办', en: 'Open' } },
    { value: 'done', label: { zh: '已完成', en: 'Done' } },
    { value: 'cancelled', label: { zh: '已取消', en: 'Cancelled' }, outcome: 'lost' },
  ],
});

describe('the composer finds its fields by what they are', () => {
  it('in a follow-up', () => {
    const shape = followUpShape(
      object('follow_up', [
        customer,
        field('kind', 'select'),
        field('content', 'long_text'),
        field('at', 'datetime', { required: true }),
      ]),
      'customer',
    );
    expect([shape.parent, shape.type?.name, shape.text?.name, shape.at?.name]).toEqual([
      'customer',
      'kind',
      'content',
      'at',
    ]);
  });
  it('in a plan', () => {
    const def = object('plan', [customer, field('what', 'text'), status, field('due_at', 'datetime')]);
    const shape = planShape(def, 'customer');
    expect([shape.text?.name, shape.due?.name, shape.finish]).toEqual([
      'what',
      'due_at',
      { field: 'status', value: 'done' },
    ]);
    const plan = {
      title: 'x',
      next_follow_up: null,
      fields: {
        customer: { value: { id: '1', title: 'A' } },
        what: { value: 'demo' },
        due_at: { value: '2026-11-24T02:00:00Z' },
        status: { value: 'done' },
      },
    } as unknown as KedunRecord;
    expect(readPlan(plan, def)).toEqual({
      due: '2026-11-24T02:00:00Z',
      text: 'demo',
      customer: { id: '1', title: 'A' },
      object: 'customer',
      done: true,
      over: true,
      end: { zh: '已完成', en: 'Done' },
    });
    const as = (value: string) =>
      readPlan({ ...plan, fields: { ...plan.fields, status: { value } } } as KedunRecord, def);
    expect(as('cancelled')).toMatchObject({ done: false, over: true, end: { zh: '已取消' } });
    expect(as('open')).toMatchObject({ done: false, over: false, end: null });
  });
});

describe('a tab of what belongs to a record', () => {
  const contact = field('contact', 'reference', { target: 'contact' });
  const deal = field('opportunity', 'reference', { target: 'opportunity', filterable: true });
  const contract = object('contract', [field('name', 'text'), customer, contact, deal]);

  it('is there by the parent and by what the server filters by, and by nothing else', () => {
    expect(relatingField(contract, 'customer')).toBe('customer');
    expect(relatingField(contract, 'opportunity')).toBe('opportunity');
    expect(relatingField(contract, 'contact')).toBeNull();
  });

  it('begins a new one with where it was begun, and with the customer of both', () => {
    const above = {
      object: 'opportunity',
      id: 'o1',
      title: '彩超',
      fields: { customer: { value: { id: 'c1', title: '山里诊所' } } },
    } as unknown as KedunRecord;
    expect(begunFrom(contract, above, object('opportunity', [customer]))).toEqual({
      opportunity: { id: 'o1', title: '彩超' },
      customer: { id: 'c1', title: '山里诊所' },
    });
    const house = { ...above, object: 'customer', id: 'c1', title: '山里诊所', fields: {} } as KedunRecord;
    expect(begunFrom(contract, house, object('customer', []))).toEqual({
      customer: { id: 'c1', title: '山里诊所' },
    });
  });
});
