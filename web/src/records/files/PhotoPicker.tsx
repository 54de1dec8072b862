/** Photos that go with a follow-up: taken or picked, made smaller at once, taken away again with one tap. */
import { useId, useState } from 'react';
import { t } from '@/i18n';
import { IconButton } from '@/ui/Button';
import { Icon } from '@/ui/Icon';
import css from './files.module.css';
import { PICTURES, smaller } from './picture';
import { useAddress } from './useAddress';

/** `name` is what its file is called; without one it is a photo of today. */
export type Photo = { id: string; blob: Blob; name?: string };
/** More is an album, and belongs under the customer's files. */
export const MOST_PHOTOS = 9;

/** What of some pictures can be sent. */
export async function readPhotos(files: Iterable<File>): Promise<{ photos: Photo[]; unread: boolean }> {
  const photos: Photo[] = [];
  let unread = false;
  for (const file of files) {
    const blob = await smaller(file);
    if (blob) photos.push({ id: crypto.randomUUID(), blob });
    else unread = true;
  }
  return { photos, unread };
}

type Props = {
  photos: Photo[];
  /** Told how the photos change: they may have changed while one was read. */
  onChange: (change: (photos: Photo[]) => Photo[]) => void;
  /** Photos are being read. */
  busy: boolean;
  onBusy: (busy: boolean) => void;
  disabled?: boolean;
};

export function PhotoPicker({ photos, onChange, busy, onBusy, disabled }: Props) {
  const title = useId();
  const [problem, setProblem] = useState<string | null>(null);

  async function add(files: FileList | null) {
    if (!files || files.length === 0) return;
    onBusy(true);
    const room = MOST_PHOTOS - photos.length;
    const { photos: read, unread } = await readPhotos([...files].slice(0, room));
    setProblem(
      unread ? t('photos.unread') : files.length > room ? t('photos.most', { n: MOST_PHOTOS }) : null,
    );
    onChange((now) => [...now, ...read].slice(0, MOST_PHOTOS));
    onBusy(false);
  }

  const full = photos.length >= MOST_PHOTOS || busy || disabled;
  return (
    <section className={css.photos} aria-labelledby={title} aria-busy={busy || undefined}>
      <h3 id={title} className="sr">
        {t('photos.title')}
      </h3>
      {photos.length > 0 && (
        <ul className={css.strip}>
          {photos.map((photo, index) => (
            <Thumb
              key={photo.id}
              photo={photo}
              number={index + 1}
              disabled={busy || disabled}
              onRemove={() => onChange((now) => now.filter((other) => other.id !== photo.id))}
            />
          ))}
        </ul>
      )}
      <div className={css.pickers}>
        <Pick icon="camera" label={t('photos.shoot')} camera disabled={full} onPick={add} />
        <Pick icon="picture" label={t('photos.pick')} disabled={full} onPick={add} />
      </div>
      {photos.length > 0 && <p className={css.note}>{t('photos.note')}</p>}
      {problem && (
        <p className={css.wrong} role="alert">
          {problem}
        </p>
      )}
    </section>
  );
}

type PickProps = {
  icon: 'camera' | 'picture' | 'plus';
  label: string;
  camera?: boolean;
  accept?: string;
  disabled?: boolean | undefined;
  onPick: (files: FileList | null) => unknown;
};

/** A button that opens the camera, or what lies on the device. */
export function Pick({ icon, label, camera, accept = PICTURES, disabled, onPick }: PickProps) {
  return (
    <label className={css.pick} data-disabled={disabled || undefined}>
      <Icon name={icon} size={18} />
      {label}
      <input
        type="file"
        className="sr"
        accept={accept}
        disabled={disabled}
        {...(camera ? { capture: 'environment' as const } : { multiple: true })}
        onChange={(event) => {
          const input = event.target;
          // The same picture may be picked again after it was taken away.
          void Promise.resolve(onPick(input.files)).finally(() => {
            input.value = '';
          });
        }}
      />
    </label>
  );
}

type ThumbProps = { photo: Photo; number: number; disabled?: boolean | undefined; onRemove: () => void };

function Thumb({ photo, number, disabled, onRemove }: ThumbProps) {
  const address = useAddress(photo.blob);
  return (
    <li className={css.thumb}>
      {address && <img src={address} alt={t('photos.one', { n: number })} />}
      <IconButton
        icon="close"
        small
        label={t('photos.remove', { n: number })}
        disabled={disabled}
        onClick={onRemove}
      />
    </li>
  );
}
