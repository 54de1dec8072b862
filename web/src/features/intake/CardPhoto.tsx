/** The photo of a business card beside the form that is filled in from it. */
import { useState } from 'react';
import { t } from '@/i18n';
import { fileSize } from '@/i18n/format';
import { MOST_KEPT, MOST_KEPT_BYTES } from '@/offline/draftPhotos';
import { type Photo, Pick, readPhotos } from '@/records/files/PhotoPicker';
import { useAddress } from '@/records/files/useAddress';
import { IconButton } from '@/ui/Button';
import css from './CardPhoto.module.css';

/** `noRoom`: the photo is in this tab only. */
type Props = { photo: Photo | null; noRoom: boolean; onChange: (photo: Photo | null) => void };

export function CardPhoto({ photo, noRoom, onChange }: Props) {
  const [problem, setProblem] = useState(false);
  const [large, setLarge] = useState(false);
  const address = useAddress(photo?.blob ?? null);

  async function take(files: FileList | null) {
    if (!files || files.length === 0) return;
    const { photos } = await readPhotos([...files].slice(0, 1));
    setProblem(photos.length === 0);
    if (photos[0]) onChange(photos[0]);
  }

  if (!photo)
    return (
      <div className={css.none}>
        <Pick icon="camera" label={t('card.shoot')} camera onPick={take} />
        {problem && (
          <p className={css.wrong} role="alert">
            {t('card.unread')}
          </p>
        )}
      </div>
    );
  return (
    <figure className={css.card}>
      <button
        type="button"
        className={css.picture}
        data-large={large || undefined}
        aria-pressed={large}
        aria-label={t('card.larger')}
        onClick={() => setLarge(!large)}
      >
        {address && <img src={address} alt={t('card.title')} />}
      </button>
      <IconButton icon="close" label={t('card.remove')} onClick={() => onChange(null)} />
      <figcaption className={css.note}>{t('card.note')}</figcaption>
      {noRoom && (
        <p className={css.wrong} role="alert">
          {t('photos.no_room', { n: MOST_KEPT, size: fileSize(MOST_KEPT_BYTES) })}
        </p>
      )}
    </figure>
  );
}
