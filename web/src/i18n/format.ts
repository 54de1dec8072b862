/**
 * How values are written: money from 分, Chinese phones, dates in one zone. Pure functions.
 */

import { t } from './index';
import { currentLanguage } from './language';

/** `¥1,234,567.89` */
export function money(minor: number): string {
  const sign = minor < 0 ? '-' : '';
  const whole = Math.trunc(Math.abs(minor) / 100).toLocaleString('en-US');
  const cents = String(Math.abs(minor) % 100).padStart(2, '0');
  return `${sign}¥${whole}.${cents}`;
}

let compact: Intl.NumberFormat | undefined;

/** `123.46万` on cards in Chinese, `¥1.23M` in English; small sums stay whole. */
export function moneyShort(minor: number): string {
  const yuan = minor / 100;
  if (currentLanguage() === 'en') {
    compact ??= new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 2 });
    return `¥${compact.format(yuan)}`;
  }
  const size = Math.abs(yuan);
  if (size >= 1e8) return `${(yuan / 1e8).toFixed(2)}亿`;
  if (size >= 1e4) return `${(yuan / 1e4).toFixed(2)}万`;
  return money(minor);
}

/** 分 from what was typed, or null when it is not money. Never through a float. */
export function parseMoney(typed: string): number | null {
  const clean = half(typed).replace(/[¥,\s]/g, '');
  const match = /^(-?)(\d{1,13})(?:\.(\d{1,2}))?$/.exec(clean);
  if (!match) return null;
  const minor = Number(match[2]) * 100 + Number((match[3] ?? '').padEnd(2, '0'));
  return match[1] ? -minor : minor;
}

/** Full-width digits, signs and spaces to half-width: what a Chinese keyboard likes to send. */
export function half(text: string): string {
  return text
    .replace(/[！-～]/g, (c) => String.fromCharCode(c.charCodeAt(0) - 0xfee0))
    .replace(/　/g, ' ')
    .replace(/￥/g, '¥');
}

/** A code or a number that its source prints in groups, as it is meant: `123 456` is `123456`. */
export function ungrouped(typed: string): string {
  return half(typed).replace(/[\s-]/g, '');
}

/** `138 1234 5678`, `0755 2601234 转 8`, `400 123 4567` for what the server stores; a mask and a number abroad as they are. */
export function phone(stored: string): string {
  const [whole = '', ext] = stored.split(';ext=');
  const number = grouped(whole);
  return ext ? t('phone.extension', { number, ext }) : number;
}

function grouped(number: string): string {
  const groups =
    /^(?:\+?86)?(1[3-9]\d)(\d{4})(\d{4})$/.exec(number) ??
    /^\+86([48]00)(\d{3})(\d{4})$/.exec(number) ??
    /^\+86(010|02\d|0[3-9]\d{2})(\d{7,8})$/.exec(number);
  return groups ? groups.slice(1).join(' ') : number;
}

/**
 * A mainland mobile in any spelling, as the server stores it; anything else as it was typed. Where an area code ends and
 * an extension begins shows in the dashes, so only the server, which has the rules, takes them away.
 */
export function normalisePhone(typed: string): string {
  const mobile = /^(?:\+?86)?(1[3-9]\d{9})$/.exec(half(typed).replace(/[\s\-().]/g, ''));
  return mobile ? `+86${mobile[1]}` : typed;
}

/**
 * How far the company's clock is ahead of UTC, in milliseconds. The zones that a company may choose never change their
 * clocks, so adding is enough: a table of zones takes a phone long to open.
 */
let ahead = 8 * 3_600_000;

/** Takes the company's clock, as the first answer of the server says it. */
export function setZone(minutesEast: number): void {
  ahead = minutesEast * 60_000;
}

function parts(iso: string): Record<string, string> {
  const text = new Date(new Date(iso).getTime() + ahead).toISOString();
  const [year = '', month = '', day = '', hour = '', minute = ''] = text.split(/[-T:]/);
  return { year, month, day, hour, minute };
}

/** `2026-11-24`, in the company's zone. */
export function date(iso: string): string {
  if (/^\d{4}-\d{2}-\d{2}$/.test(iso)) return iso;
  const p = parts(iso);
  return `${p.year}-${p.month}-${p.day}`;
}

/** `14:05` */
export function time(iso: string): string {
  const p = parts(iso);
  return `${p.hour}:${p.minute}`;
}

export function dateTime(iso: string): string {
  return `${date(iso)} ${time(iso)}`;
}

/** `2026-11-24 14:05:09`, where the order within a minute matters. */
export function exact(iso: string): string {
  return `${dateTime(iso)}:${String(new Date(iso).getUTCSeconds()).padStart(2, '0')}`;
}

/** Whole days from today's date to that date, in the company's zone: -1 yesterday, 0 today. */
export function daysFromToday(iso: string, now: Date = new Date()): number {
  const day = (text: string) => Date.parse(`${date(text)}T00:00:00Z`) / 86_400_000;
  return day(iso) - day(now.toISOString());
}

/** Relative for what is near, a date for what is not. */
export function nearDay(iso: string, now: Date = new Date()): string {
  const days = daysFromToday(iso, now);
  if (days === 0) return t('time.today');
  if (days === 1) return t('time.tomorrow');
  if (days === -1) return t('time.yesterday');
  if (days > 1 && days <= 7) return t('time.in_days', { n: days });
  if (days < -1 && days >= -30) return t('time.days_ago', { n: -days });
  return date(iso);
}

export function nearTime(iso: string, now: Date = new Date()): string {
  const minutes = Math.round((now.getTime() - new Date(iso).getTime()) / 60_000);
  if (minutes >= 0 && minutes < 1) return t('time.now');
  if (minutes > 0 && minutes < 60) return t('time.minutes_ago', { n: minutes });
  const days = daysFromToday(iso, now);
  if (Math.abs(days) <= 1) return `${nearDay(iso, now)} ${time(iso)}`;
  return dateTime(iso);
}

/** RFC 3339 UTC for a wall-clock `2026-11-24T14:05` in the company's zone. */
export function fromWall(local: string): string {
  return new Date(Date.parse(`${local}:00Z`) - ahead).toISOString();
}

/** The last millisecond of a day in the company's zone, whose days are all equally long. */
export function endOfDay(day: string): string {
  return new Date(Date.parse(fromWall(`${day}T00:00`)) + 86_400_000 - 1).toISOString();
}

/** `2026-11-24T14:05` for a datetime-local input. */
export function toWall(iso: string): string {
  return `${date(iso)}T${time(iso)}`;
}

/** A day `days` from now at `hour`, as RFC 3339. */
export function dayAt(days: number, hour: number, now: Date = new Date()): string {
  const day = date(new Date(now.getTime() + days * 86_400_000).toISOString());
  return fromWall(`${day}T${String(hour).padStart(2, '0')}:00`);
}

/** `12 kB`, never less than one. */
export function kilobytes(bytes: number): string {
  const size = Math.max(1, Math.ceil(bytes / 1000));
  return new Intl.NumberFormat('en', { style: 'unit', unit: 'kilobyte' }).format(size);
}

/** `12 kB`, `3.4 MB`. */
export function fileSize(bytes: number): string {
  if (bytes < 1_000_000) return kilobytes(bytes);
  return new Intl.NumberFormat('en', { style: 'unit', unit: 'megabyte', maximumFractionDigits: 1 }).format(
    bytes / 1_000_000,
  );
}
