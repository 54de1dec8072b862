/** Photos of a follow-up as entries of the outbox: sealed on the device first, sent when it is their turn. */
import { recordPath } from '@/api/client';
import { t } from '@/i18n';
import { date } from '@/i18n/format';
import { type About, leave } from '@/offline/outbox';
import type { Photo } from './PhotoPicker';
import { toText } from './picture';

/** `after` is the entry that makes the follow-up, when it waits as well; `followUp` the follow-up, when it is there. */
export async function leavePhotos(
  about: About,
  photos: Photo[],
  belongs: { followUp?: string | undefined; after?: string | undefined },
): Promise<void> {
  const at = `${recordPath(about.object, about.id)}/files`;
  const path = belongs.followUp ? `${at}?follow_up=${encodeURIComponent(belongs.followUp)}` : at;
  const today = date(new Date().toISOString());
  const entries = await Promise.all(
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
        ...(belongs.followUp || !belongs.after ? {} : { after: belongs.after }),
      };
    }),
  );
  await leave(entries);
}
