import { beforeEach, describe, expect, it } from 'vitest';
import './disk.fixture';
import { fits, hasUnkeptPhotos, keepPhoto, MOST_KEPT, MOST_KEPT_BYTES, readPhoto } from './draftPhotos';
import { dropDraft, hasUnsaved, photosOf, readDraft, wipeDrafts, writeDraft } from './drafts';

const photo = () => new Blob([new Uint8Array([0xff, 0xd8, 1, 2])], { type: 'image/jpeg' });

beforeEach(() => wipeDrafts());

describe('photos of drafts', () => {
  it('find room up to a number and a size, to the byte', () => {
    const keys = (n: number, size: number) => Array.from({ length: n }, (_, index) => `${index}.${size}`);
    expect(fits(keys(MOST_KEPT - 1, 1), 1)).toBe(true);
    expect(fits(keys(MOST_KEPT, 1), 1)).toBe(false);
    expect(fits(keys(1, MOST_KEPT_BYTES - 1), 1)).toBe(true);
    expect(fits(keys(1, MOST_KEPT_BYTES - 1), 2)).toBe(false);
  });

  it('without a disk stay in the tab, which asks before it closes', async () => {
    expect(await keepPhoto('a', photo())).toBe(false);
    expect(await readPhoto('a')).not.toBeNull();
    expect(hasUnkeptPhotos()).toBe(true);
    expect(hasUnsaved()).toBe(true);
  });

  it('go with their draft, with what is taken out of it, and all at sign-out', async () => {
    for (const id of ['a', 'b', 'c']) await keepPhoto(id, photo());
    writeDraft('follow_up:1', { text: '到访', photos: ['a', 'b'] }, []);
    writeDraft('follow_up:2', { text: '', photos: ['c'] }, []);
    writeDraft('follow_up:1', { text: '到访', photos: ['b'] }, []);
    expect(await readPhoto('a')).toBeNull();
    expect(await readPhoto('b')).not.toBeNull();
    dropDraft('follow_up:1');
    expect(await readPhoto('b')).toBeNull();
    expect(photosOf(readDraft('follow_up:2'))).toEqual(['c']);
    wipeDrafts();
    expect(await readPhoto('c')).toBeNull();
    expect(hasUnsaved()).toBe(false);
  });
});
