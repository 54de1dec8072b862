import { describe, expect, it } from 'vitest';
import { addressed } from './address';

const id = '0190a000-0000-7000-8000-000000000000';

describe('an address of a record', () => {
  it('names the object and the id, with whatever stands around them', () => {
    for (const text of [
      `/records/lead/${id}`,
      `https://crm.example/records/lead/${id}?tab=1#x`,
      ` records/lead/${id} `,
    ])
      expect(addressed(text)).toEqual({ object: 'lead', id });
  });
  it('may be the id alone', () => expect(addressed(` ${id} `)).toEqual({ id }));
  it('is no name, no phone and nothing short', () => {
    for (const text of ['', '仁和医院', '139 0000 1234', 'abc', '/records/lead/'])
      expect(addressed(text)).toBeNull();
  });
});
