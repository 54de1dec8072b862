import { describe, expect, it } from 'vitest';
import { fitted, isShown, toText } from './picture';

describe('a photo on its way out', () => {
  it('is made to fit and never larger', () => {
    expect(fitted(4000, 3000)).toEqual({ width: 2048, height: 1536 });
    expect(fitted(3000, 4000)).toEqual({ width: 1536, height: 2048 });
    expect(fitted(640, 480)).toEqual({ width: 640, height: 480 });
    expect(fitted(20_000, 2)).toEqual({ width: 2048, height: 1 });
  });

  it('is text and back the same bytes, however long', async () => {
    const bytes = Uint8Array.from({ length: 100_003 }, (_, n) => (n * 7) % 256);
    const back = Uint8Array.from(atob(await toText(new Blob([bytes]))), (c) => c.charCodeAt(0));
    expect(back).toEqual(bytes);
  });

  it('is shown when a browser can, and documents are not', () => {
    expect(['jpeg', 'png', 'webp', 'pdf', 'docx'].map(isShown)).toEqual([true, true, true, false, false]);
  });
});
