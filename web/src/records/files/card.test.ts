import { beforeEach, describe, expect, it } from 'vitest';
import '@/offline/disk.fixture';
import { hasUnkeptPhotos, readPhoto, sweepPhotos } from '@/offline/draftPhotos';
import { wipeDrafts } from '@/offline/drafts';
import { dropCard, heldCard, holdCard } from './card';

const card = (id: string) => ({ id, blob: new Blob([id], { type: 'image/jpeg' }) });

beforeEach(() => wipeDrafts());

describe('the photo of a business card', () => {
  it('waits for the form of a new customer, one at a time', async () => {
    expect(await heldCard()).toBeNull();
    await holdCard(card('a'));
    await holdCard(card('b'));
    expect((await heldCard())?.id).toBe('b');
    expect(await readPhoto('a')).toBeNull();
  });

  it('is a draft like any other: closing the tab is asked about while only this tab has it', async () => {
    expect(await holdCard(card('a'))).toBe(false);
    expect(hasUnkeptPhotos()).toBe(true);
    await sweepPhotos(new Set());
    expect((await heldCard())?.id).toBe('a');
  });

  it('is gone once it was taken away, went with its customer, or somebody signed out', async () => {
    await holdCard(card('a'));
    dropCard();
    expect(await heldCard()).toBeNull();
    expect(await readPhoto('a')).toBeNull();
    await holdCard(card('b'));
    wipeDrafts();
    expect(await heldCard()).toBeNull();
    expect(hasUnkeptPhotos()).toBe(false);
  });
});
