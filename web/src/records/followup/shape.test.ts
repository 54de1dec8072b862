import { describe, expect, it } from 'vitest';
import type { FieldDef, KedunRecord, ObjectDef } from '@/api/contract';
import { followUpShape, planShape, readPlan } from './shape';

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
  options: ['open', 'done'].map((value) => ({ value, label: { zh: value, en: value } })),
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
    });
  });
});
