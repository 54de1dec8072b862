/**
 * Calling and finding the way without anybody copying a number.
 *
 * A masked number is asked for with the purpose "call" and handed straight to the dialler: the ledger knows,
 * the screen never shows it.
 */
import type { Address, KedunRecord, ObjectDef } from '@/api/contract';
import { clear, isBlank, isMasked } from '@/fields';
import { addressText } from '@/fields/address';
import { askReveal } from './reveal/useReveal';

export function phoneField(object: ObjectDef | undefined): string | null {
  return object?.fields.find((field) => field.kind === 'phone')?.name ?? null;
}
export function addressField(object: ObjectDef | undefined): string | null {
  return object?.fields.find((field) => field.kind === 'address')?.name ?? null;
}

/** Whether there is something here this person may use, masked or clear. */
export function canUse(record: KedunRecord, field: string | null): field is string {
  if (!field) return false;
  const value = record.fields[field];
  if (isMasked(value)) return record.rights.reveal.includes(field);
  return !isBlank(clear(value));
}

async function obtain(record: KedunRecord, field: string, purpose: string): Promise<unknown> {
  const value = record.fields[field];
  if (!isMasked(value)) return clear(value);
  return (await askReveal(record.object, record.id, field, purpose)).value;
}

export async function dial(record: KedunRecord, field: string): Promise<void> {
  const number = await obtain(record, field, 'call');
  location.href = `tel:${String(number).replace(/[^\d+]/g, '')}`;
}

/** The map of the device. It learns the place, not the name. */
export async function navigateTo(record: KedunRecord, field: string): Promise<void> {
  const place = await obtain(record, field, 'visit');
  const q = encodeURIComponent(addressText(place as Address | string));
  const agent = navigator.userAgent;
  if (/Android/.test(agent)) location.href = `geo:0,0?q=${q}`;
  else if (/iPhone|iPad/.test(agent)) location.href = `https://maps.apple.com/?q=${q}`;
  else window.open(`https://uri.amap.com/search?keyword=${q}`, '_blank', 'noopener,noreferrer');
}
