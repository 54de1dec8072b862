import { expect, it } from 'vitest';
import { show, type Upload, unsent } from './underway';

const upload = (id: string, more: Partial<Upload> = {}): Upload => ({
  id,
  customer: { object: 'customer', id: 'c1', title: '山里诊所' },
  name: `${id}.pdf`,
  blob: new Blob(),
  photo: false,
  part: 0,
  ...more,
});

it('what is on its way or may be sent again is lost by leaving; what was refused is not', () => {
  show([
    upload('running', { part: 0.4 }),
    upload('again', { problem: 'no network', again: true }),
    upload('refused', { problem: 'too large' }),
  ]);
  expect(unsent().map(({ id }) => id)).toEqual(['running', 'again']);
  show([]);
  expect(unsent()).toEqual([]);
});
