/** Which of the two languages is on screen. Kept on the device so that the sign-in page already speaks it. */
import type { Language } from '@/api/contract';

const KEY = 'kedun.language';

function first(): Language {
  const stored = globalThis.localStorage?.getItem(KEY);
  if (stored === 'zh-CN' || stored === 'en') return stored;
  const wanted = globalThis.navigator?.language ?? 'zh-CN';
  return wanted.toLowerCase().startsWith('zh') ? 'zh-CN' : 'en';
}

let language: Language = first();

export function currentLanguage(): Language {
  return language;
}

export function storeLanguage(next: Language): void {
  language = next;
  globalThis.localStorage?.setItem(KEY, next);
  if (globalThis.document) document.documentElement.lang = next;
}
