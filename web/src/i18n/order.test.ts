import { expect, it } from 'vitest';
import { byName } from './order';

it('orders names by pinyin, and numbers by their size', () => {
  const sorted = ['张伟', '阿里', '李娜', '王建国', '陈静', '2 号仓', '10 号仓'].map((name) => ({ name }));
  expect(sorted.sort(byName).map(({ name }) => name)).toEqual([
    '2 号仓',
    '10 号仓',
    '阿里',
    '陈静',
    '李娜',
    '王建国',
    '张伟',
  ]);
  expect(byName({}, { name: '甲' })).toBeLessThan(0);
});
