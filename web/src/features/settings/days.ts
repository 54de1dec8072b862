/** The company's days as the form draws them: which are worked, and which are not. The server counts by the same rule. */
import { type CompanyBody, weekdays } from '@/api/admin';

const DAY = 86_400_000;

export type Day = {
  /** `2026-10-01` */
  date: string;
  works: boolean;
  /** A holiday that is published, or a day worked in the place of one; none for what the week says. */
  why: 'holiday' | 'makeup' | null;
  today: boolean;
};

const text = (day: number) => new Date(day * DAY).toISOString().slice(0, 10);

/** This week and the next, Monday first. The first of January 1970 was a Thursday. */
export function fortnight(calendar: CompanyBody['calendar'], minutesEast: number, now: number): Day[] {
  const today = Math.floor((now + minutesEast * 60_000) / DAY);
  const monday = today - ((today + 3) % 7);
  return Array.from({ length: 14 }, (_, nth) => {
    const date = text(monday + nth);
    const holiday = calendar.holidays.includes(date);
    const week = calendar.working_week.includes(weekdays[nth % 7] ?? 'monday');
    const makeup = !holiday && !week && calendar.makeup_days.includes(date);
    return {
      date,
      works: !holiday && (week || makeup),
      why: holiday ? 'holiday' : makeup ? 'makeup' : null,
      today: monday + nth === today,
    };
  });
}

/** What a change is about, for the sentence that says whom it reaches. */
export type Reach = 'public' | 'zone' | 'days';

export function reaches(before: CompanyBody, after: CompanyBody): Reach[] {
  const differ = (read: (body: CompanyBody) => unknown) =>
    JSON.stringify(read(before)) !== JSON.stringify(read(after));
  const found: Reach[] = [];
  if (differ(({ name, address, contact, answer_days }) => [name, address, contact, answer_days]))
    found.push('public');
  if (differ(({ calendar }) => calendar.zone)) found.push('zone');
  if (differ(({ calendar: { zone: _, ...days }, answer_days }) => [days, answer_days])) found.push('days');
  return found;
}
