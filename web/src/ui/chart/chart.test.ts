/** What a chart computes before it draws. */
import { describe, expect, it } from 'vitest';
import { ceiling, cutTo, textWidth } from './shape';

describe('a chart', () => {
  it('ends its axis at a round number that no value passes', () => {
    for (const max of [0, 1, 4, 5, 7, 10, 11, 99, 101, 12_345, 8_000_001]) {
      expect(ceiling([max]), String(max)).toBeGreaterThanOrEqual(max);
      expect(ceiling([max])).toBeLessThanOrEqual(Math.max(4, max * 1.51));
    }
    expect(ceiling([])).toBe(4);
  });

  it('cuts a long Chinese name to its room and leaves a short one whole', () => {
    expect(cutTo('张三', 60, 13)).toBe('张三');
    const cut = cutTo('北京市某某某某科技发展有限责任公司', 80, 13);
    expect(cut.endsWith('…')).toBe(true);
    expect(textWidth(cut, 13)).toBeLessThanOrEqual(80);
  });
});
