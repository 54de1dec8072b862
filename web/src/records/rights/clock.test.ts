/** The clock of a request: what is late is late by whole days of the house's zone. */
import { describe, expect, it } from 'vitest';
import { daysLeft, leftTone, used } from './clock';

const request = {
  state: 'open' as const,
  received_at: '2026-11-26T02:00:00.000Z',
  due_at: '2026-12-17T15:59:59.999Z',
};

describe('the clock of a request', () => {
  it('counts days in the zone of the house', () => {
    expect(daysLeft(request, new Date('2026-12-17T01:00:00Z'))).toBe(0);
    // Past midnight in Shanghai, still the same evening in London.
    expect(daysLeft(request, new Date('2026-12-17T16:30:00Z'))).toBe(-1);
    expect(daysLeft(request, new Date('2026-12-07T01:00:00Z'))).toBe(10);
  });

  it('stops when the answer is given', () => {
    expect(daysLeft({ ...request, state: 'answered' }, new Date('2027-01-01T00:00:00Z'))).toBeNull();
  });

  it('turns amber three days before and red after', () => {
    expect([10, 3, 0, -1, null].map(leftTone)).toEqual(['jade', 'amber', 'amber', 'cinnabar', 'grey']);
  });

  it('never uses more than all of its time', () => {
    expect(used(request, new Date('2026-11-26T02:00:00Z'))).toBe(0);
    expect(used(request, new Date('2027-01-01T00:00:00Z'))).toBe(1);
  });
});
