import { expect, it } from 'vitest';
import { draftOf, startOf } from './editDraft';

it('a draft goes on from the revision that it was typed over', () => {
  expect(startOf(draftOf('我改的', 3), 5)).toBe(3);
  expect(startOf({}, 5)).toBe(5);
});

it('an emptied field is no draft, and a draft without its value begins anew', () => {
  expect(draftOf('', 3)).toEqual({});
  expect(startOf({ revision: 3 }, 5)).toBe(5);
  expect(startOf({ value: 'written before revisions were kept' }, 5)).toBe(5);
});
