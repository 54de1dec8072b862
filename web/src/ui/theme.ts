/** Light, dark, or as the device says. Not personal, so it may live in localStorage. */
export type Theme = 'auto' | 'light' | 'dark';
const KEY = 'kedun.theme';

export function storedTheme(): Theme {
  const stored = localStorage.getItem(KEY);
  return stored === 'light' || stored === 'dark' ? stored : 'auto';
}

const dark = matchMedia('(prefers-color-scheme: dark)');

function apply(theme: Theme): void {
  const on = theme === 'dark' || (theme === 'auto' && dark.matches);
  document.documentElement.dataset.theme = on ? 'dark' : 'light';
}

export function setTheme(theme: Theme): void {
  localStorage.setItem(KEY, theme);
  apply(theme);
}

export function startTheme(): void {
  apply(storedTheme());
  dark.addEventListener('change', () => apply(storedTheme()));
}
