import { expect, it } from 'vitest';
import type { FieldDef } from '@/api/contract';
import { allFields, fieldNamed } from './systemFields';

const field = (name: string, kind: FieldDef['kind']): FieldDef => ({
  id: name,
  name,
  label: { zh: name, en: name },
  kind,
  class: 'L2',
  required: false,
  right: 'read',
  filterable: true,
  sortable: true,
});
const names = (fields: FieldDef[]) => allFields({ fields }).map(({ name }) => name);

it('offers to filter and sort by when it was followed up only where the object shows that', () => {
  const title = field('name', 'text');
  expect(names([title])).toEqual(['name', 'owner', 'department', 'updated_at', 'created_at']);
  expect(names([title, field('due_at', 'datetime')])).not.toContain('next_follow_up');
  const followed = names([title, field('last_follow_up', 'datetime')]);
  expect(followed).toContain('last_follow_up');
  expect(followed).not.toContain('next_follow_up');
});

it('still knows what the two are called', () => {
  for (const name of ['last_follow_up', 'next_follow_up'])
    expect(fieldNamed({ fields: [] }, name)?.kind).toBe('datetime');
});
