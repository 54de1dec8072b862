/**
 * Calling and finding the way without anybody copying a number.
 *
 * A masked number is asked for with the purpose "call" and handed straight to the dialler: the ledger knows,
 * the screen never shows it.
 */
import type { Address, FieldDef, KedunRecord, ObjectDef } from '@/api/contract';
import { clear, isBlank, isMasked } from '@/fields';
import { addressText } from '@/fields/address';
import { say, t } from '@/i18n';
import { toast } from '@/ui/toast';
import { leftWords } from './reveal/quota';
import { askReveal, type Quota } from './reveal/useReveal';
import { telAddress } from './telephone';
import { titleOf } from './title';

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

async function obtain(
  record: KedunRecord,
  field: string,
  purpose: string,
): Promise<{ value: unknown; quota: Quota | null }> {
  const value = record.fields[field];
  if (!isMasked(value)) return { value: clear(value), quota: null };
  return askReveal(record.object, record.id, field, purpose);
}

/** Calls. Whoever comes back from the call finds the composer one tap away. */
export async function dial(
  record: KedunRecord,
  field: string | null,
  onFollowUp?: (() => void) | undefined,
): Promise<void> {
  const title = titleOf(record);
  if (!canUse(record, field)) return toast(t('call.none', { title }), 'failed');
  const { value, quota } = await obtain(record, field, 'call');
  location.href = telAddress(String(value));
  const said = [t('call.dialled', { title }), leftWords(quota)].filter(Boolean).join(' ');
  toast(said, 'done', onFollowUp && { label: t('action.follow_up'), run: onFollowUp });
}

/** What can be carried off as one line of text. */
const copied: FieldDef['kind'][] = ['phone', 'email', 'account', 'id_number', 'text', 'person_name', 'url'];
export const mayCopy = (def: FieldDef): boolean =>
  copied.includes(def.kind) && typeof ClipboardItem !== 'undefined' && Boolean(navigator.clipboard?.write);

/**
 * Onto the clipboard without a look at the screen, for a purpose, counted like a look.
 *
 * The browser wants the clipboard opened in the tap itself, so it gets a promise of what is asked for.
 */
export async function copy(record: KedunRecord, def: FieldDef, purpose: string): Promise<void> {
  const asked = obtain(record, def.name, purpose);
  const text = asked.then(({ value }) => {
    const line = def.kind === 'phone' ? String(value).replace(/^\+86(?=1\d{10}$)/, '') : String(value);
    return new Blob([line], { type: 'text/plain' });
  });
  // A refusal is the server's and says why; what the clipboard then says of it is beside the point.
  const written = navigator.clipboard.write([new ClipboardItem({ 'text/plain': text })]);
  const { quota } = await asked.catch((problem) => {
    written.catch(() => undefined);
    throw problem;
  });
  try {
    await written;
  } catch {
    return toast(t('copy.refused'), 'failed');
  }
  toast([t('copy.done', { field: say(def.label) }), leftWords(quota)].filter(Boolean).join(' '));
}

/** The map of the device. It learns the place, not the name. */
export async function navigateTo(record: KedunRecord, field: string): Promise<void> {
  const { value: place } = await obtain(record, field, 'visit');
  const q = encodeURIComponent(addressText(place as Address | string));
  const agent = navigator.userAgent;
  if (/Android/.test(agent)) location.href = `geo:0,0?q=${q}`;
  else if (/iPhone|iPad/.test(agent)) location.href = `https://maps.apple.com/?q=${q}`;
  else window.open(`https://uri.amap.com/search?keyword=${q}`, '_blank', 'noopener,noreferrer');
}
