/**
 * A business card that was photographed before its customer is there: it waits for the form beside which it is read, as
 * a draft does, sealed on this device. It goes to the server with the customer, after notice and consent, or nowhere.
 */
import { keepPhoto, readPhoto } from '@/offline/draftPhotos';
import { dropDraft, photosOf, readDraft, writeDraft } from '@/offline/drafts';
import type { Photo } from './PhotoPicker';

/** One card, as there is one form of a new customer. */
const DRAFT = 'card:customer';

/** The card that was taken last, for a form that is open already. */
let newest: Photo | null = null;
const listeners = new Set<() => void>();
export const cards = {
  subscribe(listener: () => void): () => void {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
  newest: (): Photo | null => newest,
};

/** Keeps a card in place of the last one; answers whether it outlives this tab. */
export function holdCard({ id, blob }: Photo): Promise<boolean> {
  writeDraft(DRAFT, { photos: [id] }, []);
  newest = { id, blob };
  for (const listener of listeners) listener();
  return keepPhoto(id, blob);
}

/** The card that waits; also of an earlier tab. */
export async function heldCard(): Promise<Photo | null> {
  const [id] = photosOf(readDraft(DRAFT));
  const blob = id === undefined ? null : await readPhoto(id);
  return id !== undefined && blob ? { id, blob } : null;
}

/** Taken away, or gone with its customer. */
export function dropCard(): void {
  newest = null;
  dropDraft(DRAFT);
}
