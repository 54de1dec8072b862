import { describe, expect, it } from 'vitest';
import type { CompanyBody } from '@/api/admin';
import { fortnight, reaches } from './days';

const calendar: CompanyBody['calendar'] = {
  zone: 'Asia/Shanghai',
  working_week: ['monday', 'tuesday', 'wednesday', 'thursday', 'friday'],
  holidays: ['2026-10-01', '2026-10-02'],
  makeup_days: ['2026-10-10'],
};
const body: CompanyBody = {
  name: { zh: '某公司', en: 'Some Ltd' },
  address: '',
  contact: { who: { zh: '某', en: 'Some' }, email: 'a@b.example', phone: '' },
  calendar,
  answer_days: 15,
};

describe('two weeks', () => {
  it('begin on the Monday of the company’s zone', () => {
    const late = Date.parse('2026-10-04T16:30:00Z');
    expect(fortnight(calendar, 480, late)[0]).toMatchObject({ date: '2026-10-05', today: true });
    expect(fortnight(calendar, 240, late)[0]?.date).toBe('2026-09-28');
  });
  it('know a holiday and the day that is worked in its place', () => {
    const days = fortnight(calendar, 480, Date.parse('2026-09-30T02:00:00Z'));
    const of = (date: string) => days.find((day) => day.date === date);
    expect(of('2026-09-30')).toMatchObject({ works: true, why: null, today: true });
    expect(of('2026-10-01')).toMatchObject({ works: false, why: 'holiday' });
    expect(of('2026-10-04')).toMatchObject({ works: false, why: null });
    expect(of('2026-10-10')).toMatchObject({ works: true, why: 'makeup' });
    expect(days).toHaveLength(14);
  });
});

describe('a change', () => {
  it('says whom it reaches', () => {
    expect(reaches(body, body)).toEqual([]);
    expect(reaches(body, { ...body, address: 'x' })).toEqual(['public']);
    expect(reaches(body, { ...body, answer_days: 5 })).toEqual(['public', 'days']);
    expect(reaches(body, { ...body, calendar: { ...calendar, zone: 'Asia/Tokyo' } })).toEqual(['zone']);
    expect(reaches(body, { ...body, calendar: { ...calendar, makeup_days: [] } })).toEqual(['days']);
  });
});
