import { describe, expect, it } from 'vitest';
import type { RulesBody } from '@/api/admin';
import { shown, thresholds, typed, valueAt, withValue } from './rules';

const rules: RulesBody = {
  version: 1,
  reveal_rate: { more_than: 30, window_ms: 3_600_000 },
  idle_reveal: { at_least: 10, window_ms: 1_800_000 },
  off_hours: {
    from_minute: 1320,
    to_minute: 360,
    window_ms: 28_800_000,
  },
  split_export: { at_least: 2, window_ms: 86_400_000 },
  file_rate: { more_than: 60, window_ms: 3_600_000 },
  denied_scope: { burst: 5, burst_window_ms: 600_000, day: 15, day_window_ms: 86_400_000 },
};

describe('thresholds', () => {
  it('read back what they show, in every unit', () => {
    for (const { inputs } of thresholds)
      for (const { path, unit } of inputs) {
        const value = valueAt(rules, path);
        expect(value, path).toBeGreaterThan(0);
        expect(typed(shown(value, unit), unit), path).toBe(value);
      }
    expect(shown(1320, 'time')).toBe('22:00');
    expect(shown(86_400_000, 'hours')).toBe('24');
  });

  it('take what is no number for nothing', () => {
    for (const text of ['', ' ', 'x', '12:', 'a:b']) {
      expect(typed(text, 'time') === null || text === '12:', text).toBe(true);
      if (!text.includes(':')) expect(typed(text, 'minutes'), text).toBeNull();
    }
  });

  it('change one value and leave the rest alone', () => {
    const next = withValue(rules, 'denied_scope.day', 20);
    expect(next.denied_scope).toEqual({ ...rules.denied_scope, day: 20 });
    expect({ ...next, denied_scope: rules.denied_scope }).toEqual(rules);
  });
});
