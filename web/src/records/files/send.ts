/** Photos of a follow-up as entries of the outbox: sealed on the device first, sent when it is their turn. */
import { recordPath } from '@/api/client';
import { t } from '@/i18n';
import { date } from '@/i18n/format';
import { type About, leave, type New } from '@/offline/outbox';
import type { Photo } from './PhotoPicker';
import { toText } from './picture';

/** Keeps them and sends them when it is their turn. */
export async function leavePhotos(about: About, photos: Photo[]): Promise<void> {
  await leave(await photoEntries(about, photos));
}

/** Each under the id of its photo, so that one which is sent again is the same one. */
export async function photoEntries(about: About, photos: Photo[]): Promise<(New & { id: string })[]> {
  const path = `${recordPath(about.object, about.id)}/files`;
  const today = date(new Date().toISOString());
  return Promise.all(
    photos.map(async (photo, index) => {
      const name = `${photo.name ?? t('photos.name', { date: today, n: index + 1 })}.jpg`;
      return {
        id: photo.id,
        method: 'POST' as const,
        path,
        body: {},
        about,
        what: 'photo' as const,
        text: name,
        file: { name, bytes: await toText(photo.blob) },
      };
    }),
  );
}
