import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  date,
  dayAt,
  daysFromToday,
  endOfDay,
  fromWall,
  half,
  money,
  moneyShort,
  nearDay,
  normalisePhone,
  parseMoney,
  phone,
  setZone,
  time,
  toWall,
  ungrouped,
} from './format';
import { fill, loadLanguage } from './index';

beforeAll(() => loadLanguage('zh-CN'));
afterEach(async () => {
  setZone(480);
  await loadLanguage('zh-CN');
});

describe('money', () => {
  it('is written from 分 without a float in between', () => {
    expect(money(123_456_789)).toBe('¥1,234,567.89');
    expect(money(5)).toBe('¥0.05');
    expect(money(-12_345)).toBe('-¥123.45');
  });
  it('is short on cards', async () => {
    expect(moneyShort(123_456_789)).toBe('123.46万');
    expect(moneyShort(12_345_678_900)).toBe('1.23亿');
    expect(moneyShort(99_900)).toBe('¥999.00');
    await loadLanguage('en');
    expect(moneyShort(123_456_789)).toBe('¥1.23M');
  });
  it('is read as people type it', () => {
    expect(parseMoney('1,234,567.89')).toBe(123_456_789);
    expect(parseMoney('¥０.１')).toBe(10);
    expect(parseMoney('￥12，800')).toBe(1_280_000);
    expect(parseMoney('-3')).toBe(-300);
    expect(parseMoney('1.234')).toBeNull();
    expect(parseMoney('abc')).toBeNull();
  });
});

describe('phones', () => {
  it('are shown in groups and never change a mask', () => {
    expect(phone('+8613812345678')).toBe('138 1234 5678');
    expect(phone('+8602112345678')).toBe('021 12345678');
    expect(phone('+8607552601234')).toBe('0755 2601234');
    expect(phone('+864001234567')).toBe('400 123 4567');
    expect(phone('138****5678')).toBe('138****5678');
    expect(phone('+14155550100')).toBe('+14155550100');
  });
  it('say their extension in words', async () => {
    expect(phone('+8607552601234;ext=8')).toBe('0755 2601234 转 8');
    await loadLanguage('en');
    expect(phone('+442079460958;ext=12')).toBe('+442079460958 ext. 12');
  });
  it('are normalised where they are mobiles, and otherwise left to the server as they were typed', () => {
    for (const typed of ['138 1234 5678', '１３８１２３４５６７８', '+86 138-1234-5678', '86-13812345678'])
      expect(normalisePhone(typed), typed).toBe('+8613812345678');
    for (const typed of [
      '0755-2601234-8',
      '010-52345678-88',
      '400-123-4567-8888',
      '+44 (0)20 7946 0958',
      '12345',
    ])
      expect(normalisePhone(typed)).toBe(typed);
  });
  it('and codes lose the spaces they are printed with', () => {
    expect(ungrouped('123 456')).toBe('123456');
    expect(ungrouped('１２３　４５６')).toBe('123456');
    expect(ungrouped('110105 19491231 002X')).toBe('11010519491231002X');
  });
  it('takes full-width signs', () => expect(half('（０１）　Ａ')).toBe('(01) A'));
});

describe('moments', () => {
  it('are in the zone of the company', () => {
    expect(date('2026-11-23T16:30:00Z')).toBe('2026-11-24');
    expect(time('2026-11-23T16:30:00Z')).toBe('00:30');
    expect(fromWall('2026-11-24T14:05')).toBe('2026-11-24T06:05:00.000Z');
    expect(toWall('2026-11-24T06:05:00.000Z')).toBe('2026-11-24T14:05');
  });
  it('follow the company to another zone, also one with half an hour', () => {
    for (const [minutes, there, name] of [
      [540, '2026-11-24 01:30', 'Asia/Tokyo'],
      [330, '2026-11-23 22:00', 'Asia/Kolkata'],
      [240, '2026-11-23 20:30', 'Asia/Dubai'],
    ] as const) {
      setZone(minutes);
      expect(`${date('2026-11-23T16:30:00Z')} ${time('2026-11-23T16:30:00Z')}`, name).toBe(there);
      expect(fromWall(toWall('2026-11-23T16:30:00.000Z')), name).toBe('2026-11-23T16:30:00.000Z');
      const byTable = new Intl.DateTimeFormat('en-CA', { timeZone: name, dateStyle: 'short' });
      expect(date('2026-11-23T16:30:00Z'), name).toBe(byTable.format(new Date('2026-11-23T16:30:00Z')));
    }
    expect(dayAt(0, 9, new Date('2026-11-23T16:30:00Z'))).toBe('2026-11-23T05:00:00.000Z');
  });
  it('count whole days over midnight', () => {
    const now = new Date('2026-11-24T15:59:00Z'); // 23:59 in Shanghai
    expect(daysFromToday('2026-11-24T16:01:00Z', now)).toBe(1);
    expect(daysFromToday('2026-11-24', now)).toBe(0);
    expect(nearDay('2026-11-24T16:01:00Z', now)).toBe('明天');
    expect(nearDay('2026-11-20T02:00:00Z', now)).toBe('4 天前');
    expect(nearDay('2026-01-01T02:00:00Z', now)).toBe('2026-01-01');
    expect(dayAt(1, 10, now)).toBe('2026-11-25T02:00:00.000Z');
  });
});

describe('fill', () => {
  it('picks one or other, and leaves unknown holes alone', () => {
    expect(fill('{n} day|{n} days', { n: 1 })).toBe('1 day');
    expect(fill('{n} day|{n} days', { n: 3 })).toBe('3 days');
    expect(fill('{a} {b}', { a: 'x' })).toBe('x {b}');
  });
});

describe('the end of a day', () => {
  it('is its last millisecond in the zone of the company, and still that day', () => {
    expect(endOfDay('2026-11-24')).toBe('2026-11-24T15:59:59.999Z');
    expect(date(endOfDay('2026-12-31'))).toBe('2026-12-31');
  });
});
