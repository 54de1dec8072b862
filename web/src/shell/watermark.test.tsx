import { renderToStaticMarkup } from 'react-dom/server';
import { expect, it } from 'vitest';
import type { Me } from '@/api/contract';
import { Watermark } from '@/ui/Watermark';
import { watermarkText } from './useWatermark';

const me = {
  person: { name: '李娜', staff_no: 'KD100234' },
  watermark: { name: '李娜', staff_no: '0234', device: '7F3A' },
} as unknown as Me;

it('names the person, the last four, the minute and the device', () => {
  expect(watermarkText(me, '2026-11-24T06:05:00Z')).toBe('李娜 0234 2026-11-24 14:05 7F3A');
});

it('needs no style attribute, which the CSP would refuse', () => {
  const markup = renderToStaticMarkup(<Watermark text="李娜 0234" />);
  expect(markup).not.toContain('style=');
  expect(markup).toContain('李娜 0234');
});
