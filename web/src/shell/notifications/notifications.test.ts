import { expect, it } from 'vitest';
import { zh } from '@/i18n/zh-CN';
import { wordFor } from './browser';
import {
  inOrder,
  type Notification,
  ofExports,
  ofFallen,
  ofGiven,
  ofHandovers,
  ofRequests,
  ofSpotChecks,
} from './kinds';

const at = (key: string, moment: string): Notification => ({
  key,
  at: moment,
  icon: 'bell',
  text: key,
  path: '/',
});

it('says nothing of anybody outside the page', () => {
  const data = { id: 'a1', state: 'open', decidable: true, waits: true, person: { name: '李娜' } };
  for (const event of ['alert', 'task', 'export', 'handover', 'given', 'rights']) {
    const word = wordFor(event, data);
    expect(word, event).not.toBeNull();
    // The sentence has no place for a name.
    expect(word && zh[word.key]).not.toMatch(/[{]/);
  }
});

it('says nothing outside of what waits for somebody else', () => {
  expect(wordFor('task', { decidable: false, state: 'open' })).toBeNull();
  expect(wordFor('task', { decidable: true, state: 'approved' })).toBeNull();
  expect(wordFor('alert', { state: 'closed' })).toBeNull();
  expect(wordFor('handover', { state: 'running', waits: false })).toBeNull();
  expect(wordFor('rights', { waits: false })).toBeNull();
  expect(wordFor('ping', {})).toBeNull();
});

it('puts the newest first and lets the old go', () => {
  const now = new Date('2026-11-26T00:00:00Z').getTime();
  const all = [
    at('old', '2026-11-01T00:00:00Z'),
    at('a', '2026-11-24T00:00:00Z'),
    at('b', '2026-11-25T00:00:00Z'),
  ];
  expect(inOrder(all, now).map((item) => item.key)).toEqual(['b', 'a']);
});

it('is news again when an export comes into another state', () => {
  const item = { id: 'e1', number: 'KD-1', created_at: '2026-11-24T00:00:00Z', decided_at: null };
  const keys = (state: string) => ofExports([{ ...item, state }] as never).map((found) => found.key);
  expect(keys('running')).toEqual([]);
  expect(keys('ready')).toEqual(['export:e1:ready']);
  expect(keys('failed')).toEqual(['export:e1:failed']);
});

const handover = {
  id: 'h1',
  number: 'HO-1',
  person: { id: 'p1', name: '张伟' },
  frozen_at: '2026-11-24T00:00:00Z',
};

it('says of a handover that it stands still only to whom the server says so, and again each time', () => {
  const stopped = { ...handover, state: 'running', stopped_at: '2026-11-25T00:00:00Z', waits: true };
  const keys = (item: object) => ofHandovers([item] as never).map((found) => found.key);
  expect(keys({ ...handover, state: 'planned', stopped_at: null, waits: true })).toEqual([
    'handover:h1:planned',
  ]);
  expect(keys(stopped)).toEqual(['handover:h1:2026-11-25T00:00:00Z']);
  expect(keys({ ...stopped, waits: false })).toEqual([]);
});

it('says who gave what, and leads to it', () => {
  const objects = [{ name: 'customer', label: { zh: '客户', en: 'Customer' } }];
  const one = { by: { id: 'p1', name: '赵强' }, object: 'customer', at: '2026-11-25T00:00:00Z' };
  const paths = (given: object) => ofGiven([given] as never, objects as never).map((found) => found.path);
  expect(paths({ ...one, count: 1, record: 'r1' })).toEqual(['/records/customer/r1']);
  expect(paths({ ...one, count: 7 })).toEqual(['/records/customer?view=mine']);
  expect(paths({ ...one, object: 'unknown', count: 7 })).toEqual([]);
});

it('says what fell to the pool, and leads to it or to the pool', () => {
  const objects = [{ name: 'customer', label: { zh: '客户', en: 'Customer' } }];
  const one = { object: 'customer', at: '2026-11-25T00:00:00Z' };
  const paths = (fallen: object) => ofFallen([fallen] as never, objects as never).map((found) => found.path);
  expect(paths({ ...one, count: 1, record: 'r1' })).toEqual(['/records/customer/r1']);
  // One that is out of sight is named by its number alone.
  expect(paths({ ...one, count: 1 })).toEqual(['/records/customer?view=pool']);
  expect(paths({ ...one, count: 7 })).toEqual(['/records/customer?view=pool']);
  expect(paths({ ...one, object: 'unknown', count: 7 })).toEqual([]);
});

it('says of a request that it waits, then that its term ends, then that it is over', () => {
  const due = Date.parse('2026-11-25T00:00:00Z');
  const asked = {
    id: 'q1',
    number: 'RR-1',
    state: 'open',
    handler: null,
    received_at: '2026-11-05T00:00:00Z',
  };
  const keys = (item: object, desk: boolean, at: number) =>
    ofRequests([{ ...asked, due_at: '2026-11-25T00:00:00Z', ...item }] as never, desk, at).map(
      ({ key }) => key,
    );
  const day = 86_400_000;
  expect(keys({ waits: true }, true, due - 4 * day)).toEqual(['rights:q1:open']);
  expect(keys({ waits: true, handler: { id: 'p1' } }, true, due - 4 * day)).toEqual(['rights:q1:open:again']);
  expect(keys({ waits: false }, true, due - 4 * day)).toEqual([]);
  // With whomever it lies, the desk sees to the term; whom it does not concern hears nothing of it either.
  expect(keys({ waits: false }, true, due - 2 * day)).toEqual(['rights:q1:near']);
  expect(keys({ waits: false }, true, due + day)).toEqual(['rights:q1:over']);
  expect(keys({ waits: false }, false, due + day)).toEqual([]);
});

it('leads to the spot check that is drawn and not scored to its end, and names no other', () => {
  const check = { id: 'c1', period: '2026-W47', drawn_at: '2026-11-24T00:00:00Z', drawn: 5, scored: 2 };
  const paths = (state: string) => ofSpotChecks([{ ...check, state }] as never).map((found) => found.path);
  expect(paths('open')).toEqual(['/spot-checks/c1']);
  expect(paths('done')).toEqual([]);
});
