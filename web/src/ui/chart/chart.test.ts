/** What a chart computes before it draws. */
import { describe, expect, it } from 'vitest';
import { labels } from './Columns';
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

  it('writes no label over another, and none over the edge of the picture', () => {
    const months = Array.from({ length: 26 }, (_, at) => ({
      key: `${at}`,
      label: at ? `27-${at}` : 'Overdue',
      value: 1,
    }));
    for (const width of [300, 343, 390, 800]) {
      const placed = [...labels(months, width, 3)];
      expect(placed.length).toBeGreaterThan(2);
      let end = 0;
      for (const [at, x] of placed) {
        const half = textWidth(months[at]?.label ?? '', 12) / 2;
        expect(x - half).toBeGreaterThanOrEqual(end);
        end = x + half;
      }
      expect(end).toBeLessThanOrEqual(width);
    }
  });
});
