import { expect, it } from 'vitest';
import { telAddress } from './telephone';

it('dials a stored number, without its extension and the zero that is for people', () => {
  expect(telAddress('+8613812345678')).toBe('tel:+8613812345678');
  expect(telAddress('+8601052345678;ext=88')).toBe('tel:+861052345678');
  expect(telAddress('+8607552601234')).toBe('tel:+867552601234');
  expect(telAddress('+864001234567;ext=8888')).toBe('tel:4001234567');
  expect(telAddress('+442079460958')).toBe('tel:+442079460958');
});
