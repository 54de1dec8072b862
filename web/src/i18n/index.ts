/**
 * Two message catalogues of our own: typed keys, one language loaded at a time.
 *
 * A library would bring plural engines and loaders for dozens of languages; Kedun speaks two.
 * `one|other` in an English message picks by `n`.
 */
import { useSyncExternalStore } from 'react';
import type { Label, Language } from '@/api/contract';
import { currentLanguage, storeLanguage } from './language';
import type { zh } from './zh-CN';

export type Key = keyof typeof zh;
export type Catalogue = Record<Key, string>;
type Values = Record<string, string | number>;

let messages: Partial<Catalogue> = {};
const listeners = new Set<() => void>();
let generation = 0;

/** Which part of a language is there: the first screens' words, and those of all other pages once one was asked for. */
let more: Promise<void> | null = null;
/** Languages that were asked for, and the newest of them that is on screen: what comes later than a newer one is too late. */
let asked = 0;
let shown = 0;

export async function loadLanguage(language: Language): Promise<void> {
  asked += 1;
  const mine = asked;
  const next = language === 'en' ? (await import('./en/first')).first : (await import('./zh-CN/first')).first;
  const rest = more ? await restOf(language) : {};
  if (mine < shown) return;
  shown = mine;
  messages = { ...next, ...rest };
  storeLanguage(language);
  tell();
}

const restOf = async (language: Language): Promise<Partial<Catalogue>> =>
  language === 'en' ? (await import('./en/more')).more : (await import('./zh-CN/more')).more;

/** The words that the first screens do not need, in the language of now. Asked for once; a change of language keeps them. */
export function moreWords(): Promise<void> {
  more ??= addRest().catch((failed: unknown) => {
    more = null;
    throw failed;
  });
  return more;
}

async function addRest(): Promise<void> {
  const language = currentLanguage();
  const rest = await restOf(language);
  // Changed meanwhile: those of the other language would stand among its own.
  if (language !== currentLanguage()) return addRest();
  messages = { ...messages, ...rest };
  tell();
}

/** A page whose words are among those: its code and its words come side by side. */
export const withWords =
  <T>(load: () => Promise<T>) =>
  async (): Promise<T> =>
    (await Promise.all([load(), moreWords()]))[0];

function tell(): void {
  generation += 1;
  for (const listener of listeners) listener();
}

export function fill(message: string, values: Values): string {
  let text = message;
  if (text.includes('|') && typeof values.n === 'number') {
    const [one = '', other = one] = text.split('|');
    text = values.n === 1 ? one : other;
  }
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => (name in values ? String(values[name]) : whole));
}

export function t(key: Key, values: Values = {}): string {
  return fill(messages[key] ?? key, values);
}

/** For words that come from the server as codes: our sentence if we have one, otherwise the code. */
export function tCode(prefix: string, code: string): string {
  return messages[`${prefix}.${code}` as Key] ?? code;
}

/** A label written by whoever designed the object. */
export function say(label: Label | null | undefined): string {
  if (!label) return '';
  return currentLanguage() === 'en' ? label.en || label.zh : label.zh || label.en;
}

/** The name of one thing inside a sentence: "New customer". Chinese has no such difference. */
export const sayOne = (label: Label): string => within(say(label));

/** The name of many, for lists and tabs: "Opportunities". A label is written in the singular. */
export function sayMany(label: Label): string {
  const name = say(label);
  if (currentLanguage() !== 'en' || /s$/.test(name)) return name;
  if (/[^aeiou]y$/.test(name)) return `${name.slice(0, -1)}ies`;
  return /(x|z|ch|sh)$/.test(name) ? `${name}es` : `${name}s`;
}

/** The name of many inside a sentence: "Export customers". */
export const saySome = (label: Label): string => within(sayMany(label));

/** "SKU" and "ID card" keep their capitals. */
function within(name: string): string {
  return currentLanguage() === 'en' && !/^[A-Z]{2}/.test(name)
    ? name.charAt(0).toLowerCase() + name.slice(1)
    : name;
}

/** Re-renders the caller when the language changes. The root uses it; everything below follows. */
export function useLanguage(): Language {
  useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => generation,
  );
  return currentLanguage();
}
