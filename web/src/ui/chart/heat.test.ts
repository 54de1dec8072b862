/** What the heat map makes of numbers. */
import { expect, it } from 'vitest';
import { heatLevel, heatSquares } from './HeatMap';

it('leaves nothing blank that happened, and nothing dark that did not', () => {
  expect(heatLevel(0, 100)).toBe(0);
  expect(heatLevel(1, 100)).toBe(1);
  expect(heatLevel(26, 100)).toBe(2);
  expect(heatLevel(100, 100)).toBe(4);
  expect(heatLevel(3, 0)).toBe(0);
});

it('joins hours without losing a look', () => {
  const hours = Array.from({ length: 24 }, (_, hour) => hour);
  const joined = heatSquares(hours, 2);
  expect(joined).toHaveLength(12);
  expect(joined[0]).toBe(1);
  expect(joined.reduce((sum, n) => sum + n, 0)).toBe(hours.reduce((sum, n) => sum + n, 0));
});
