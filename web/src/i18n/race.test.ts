/** Words that arrive late, as on a slow network. */
import { expect, it, vi } from 'vitest';

const gates = vi.hoisted(() => {
  const open: Record<string, () => void> = {};
  const gate = (name: string) =>
    new Promise<void>((resolve) => {
      open[name] = resolve;
    });
  return { open, zhMore: gate('zhMore'), enFirst: gate('enFirst') };
});
vi.mock('./zh-CN/first', () => ({ first: { save: '保存' } }));
vi.mock('./en/first', async () => {
  await gates.enFirst;
  return { first: { save: 'Save' } };
});
vi.mock('./zh-CN/more', async () => {
  await gates.zhMore;
  return { more: { 'rights.done': '已办' } };
});
vi.mock('./en/more', () => ({ more: { 'rights.done': 'Done' } }));

const { loadLanguage, moreWords, t } = await import('./index');
const { currentLanguage } = await import('./language');

it('a language that comes later than a newer one does not replace it', async () => {
  await loadLanguage('zh-CN');
  const late = loadLanguage('en');
  await loadLanguage('zh-CN');
  gates.open.enFirst?.();
  await late;
  expect([t('save'), currentLanguage()]).toEqual(['保存', 'zh-CN']);
});

it('the words of other pages come in the language that is on screen by then', async () => {
  const more = moreWords();
  const changed = loadLanguage('en');
  await changed;
  gates.open.zhMore?.();
  await more;
  expect([t('save'), t('rights.done')]).toEqual(['Save', 'Done']);
});
