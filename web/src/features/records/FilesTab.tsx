/** 文件: photos and documents of a customer; what they hold is fetched when somebody looks, and each look is logged. */
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useRef, useState } from 'react';
import { api, recordPath, seg } from '@/api/client';
import type { FileView } from '@/api/contract';
import { fileQuery, filesQuery, queryClient } from '@/api/queries';
import { t } from '@/i18n';
import { fileSize, nearTime } from '@/i18n/format';
import type { About } from '@/offline/outbox';
import { useWaiting } from '@/offline/useOutbox';
import { FileSheet } from '@/records/files/FileSheet';
import { Pick } from '@/records/files/PhotoPicker';
import { isShown, mediaOf, PICTURES } from '@/records/files/picture';
import { dismiss } from '@/records/files/underway';
import { sendAgain, upload } from '@/records/files/uploads';
import { useAddress, useSeen } from '@/records/files/useAddress';
import { useUploads } from '@/records/files/useUploads';
import { ProblemState } from '@/records/ProblemState';
import { toastProblem } from '@/records/problemText';
import { Button, IconButton } from '@/ui/Button';
import { Icon } from '@/ui/Icon';
import { Sheet, SheetActions } from '@/ui/Sheet';
import { Skeleton, State } from '@/ui/State';
import { Tag } from '@/ui/Tag';
import { toast } from '@/ui/toast';
import css from './FilesTab.module.css';

/** What the server takes; it looks at the bytes, this only keeps the picker short. */
const TAKEN = `${PICTURES},.pdf,.docx,.xlsx`;
/** Larger ones are not fetched for a preview, only when somebody opens them; bytes. */
const PREVIEWED = 2 << 20;

export function FilesTab({ customer }: { customer: About }) {
  const files = useQuery(filesQuery(customer.id));
  const waiting = useWaiting(customer.object, customer.id).filter((entry) => entry.what === 'photo');
  const [open, setOpen] = useState<FileView | null>(null);
  const [removing, setRemoving] = useState<FileView | null>(null);
  const uploads = useUploads(customer.id);
  const send = (picked: FileList | null) => void upload(customer, picked ?? [], files.data?.most_bytes);

  const list = files.data?.files ?? [];
  const pickers = files.data?.may_add && (
    <div className={css.pickers}>
      <Pick icon="camera" label={t('files.shoot')} camera onPick={send} />
      <Pick icon="plus" label={t('files.add')} accept={TAKEN} onPick={send} />
    </div>
  );
  const nothing = list.length === 0 && waiting.length === 0 && uploads.length === 0;
  return (
    <div className={css.files}>
      {files.data && !nothing && (
        <header className={css.head}>
          {pickers}
          <p className={css.note}>{t('files.note')}</p>
          {files.data.may_add && (
            <p className={css.note}>{t('files.kinds', { size: fileSize(files.data.most_bytes) })}</p>
          )}
          {list.length >= files.data.most && (
            <p className={css.note}>{t('files.full', { n: files.data.most })}</p>
          )}
        </header>
      )}
      {files.data && nothing && (
        <State
          icon="picture"
          title={t('files.empty')}
          why={files.data.may_add ? t('files.empty.why') : t('files.empty.may_not')}
          action={pickers}
        />
      )}
      {uploads.length > 0 && (
        <ul className={css.uploads}>
          {uploads.map((one) => (
            <li key={one.id}>
              {one.problem ? (
                <>
                  <p className={css.wrong} role="alert">
                    <b>{one.name}</b> {one.problem}
                  </p>
                  {one.again && (
                    <Button small onClick={() => void sendAgain(one)}>
                      {t('retry')}
                    </Button>
                  )}
                  <Button small look="quiet" onClick={() => dismiss(one.id)}>
                    {t('files.dismiss')}
                  </Button>
                </>
              ) : (
                <label>
                  {t('files.sending', { name: one.name })}
                  <progress max={1} value={one.part} />
                </label>
              )}
            </li>
          ))}
        </ul>
      )}
      {waiting.length > 0 && (
        <ul className={css.list} aria-label={t('files.waiting')}>
          {waiting.map((entry) => (
            <li key={entry.id} className={css.file}>
              <span className={css.icon}>
                <Icon name="camera" />
              </span>
              <div className={css.words}>
                <p className={css.name}>{entry.text}</p>
                <Link to="/outbox">
                  <Tag tone={entry.refused ? 'cinnabar' : 'amber'}>
                    {t(entry.refused ? 'outbox.refused' : 'outbox.waiting')}
                  </Tag>
                </Link>
              </div>
            </li>
          ))}
        </ul>
      )}
      {/* What waits on this device is there also when the list is not. */}
      {files.isPending && <Skeleton rows={3} label={t('loading')} />}
      {files.error && !files.data && (
        <ProblemState error={files.error} retry={() => void files.refetch()} small={waiting.length > 0} />
      )}
      {list.length > 0 && (
        <ul className={css.list} aria-label={t('files.list')}>
          {list.map((file) => (
            <Row
              key={file.id}
              customer={customer.id}
              file={file}
              onOpen={() => setOpen(file)}
              onRemove={() => setRemoving(file)}
            />
          ))}
        </ul>
      )}
      {open && <FileSheet customer={customer.id} file={open} onClose={() => setOpen(null)} />}
      {removing && <RemoveSheet customer={customer.id} file={removing} onClose={() => setRemoving(null)} />}
    </div>
  );
}

type RowProps = { customer: string; file: FileView; onOpen: () => void; onRemove: () => void };

function Row({ customer, file, onOpen, onRemove }: RowProps) {
  const name = file.name ?? t('files.hidden');
  const told = t('files.line', {
    size: fileSize(file.size),
    who: file.added_by?.name ?? t('timeline.system'),
    time: nearTime(file.added_at),
  });
  const body = (
    <>
      <Preview customer={customer} file={file} />
      <span className={css.words}>
        <span className={css.name}>{name}</span>
        <span className={css.note}>{told}</span>
        {!file.rights.read && <span className={css.note}>{t('files.locked')}</span>}
      </span>
    </>
  );
  return (
    <li className={css.file}>
      {file.rights.read ? (
        <button type="button" className={css.open} onClick={onOpen} aria-label={t('files.open', { name })}>
          {body}
        </button>
      ) : (
        <div className={css.open}>{body}</div>
      )}
      {file.rights.remove && (
        <IconButton icon="trash" label={t('files.remove.one', { name })} onClick={onRemove} />
      )}
    </li>
  );
}

function Preview({ customer, file }: { customer: string; file: FileView }) {
  const [watched, seen] = useSeen();
  const shown = isShown(file.kind);
  const bytes = useQuery({
    ...fileQuery(customer, file.id),
    enabled: seen && shown && file.rights.read && file.size <= PREVIEWED,
  });
  const address = useAddress(useBlob(bytes.data, mediaOf(file.kind)));
  return (
    <span className={css.icon} ref={watched}>
      {address ? (
        <img src={address} alt="" />
      ) : (
        <Icon name={!file.rights.read ? 'lock' : shown ? 'picture' : 'file'} />
      )}
      {!shown && <span className={css.kind}>{file.kind.toUpperCase()}</span>}
    </span>
  );
}

/** One blob for the same bytes, so that its address stays. */
function useBlob(bytes: Uint8Array<ArrayBuffer> | undefined, type: string): Blob | null {
  const held = useRef<{ bytes: Uint8Array<ArrayBuffer>; blob: Blob } | null>(null);
  if (bytes && held.current?.bytes !== bytes) held.current = { bytes, blob: new Blob([bytes], { type }) };
  return bytes ? (held.current?.blob ?? null) : null;
}

function RemoveSheet({ customer, file, onClose }: { customer: string; file: FileView; onClose: () => void }) {
  const [busy, setBusy] = useState(false);
  async function remove() {
    setBusy(true);
    try {
      await api.delete(`${recordPath('customer', customer)}/files/${seg(file.id)}`);
      queryClient.removeQueries({ queryKey: fileQuery(customer, file.id).queryKey });
      toast(t('files.removed'));
      onClose();
    } catch (problem) {
      toastProblem(problem);
      setBusy(false);
    }
    void queryClient.invalidateQueries({ queryKey: filesQuery(customer).queryKey });
  }
  return (
    <Sheet title={t('files.remove.title')} closeWord={t('close')} onClose={onClose}>
      <p className={css.name}>{file.name ?? t('files.hidden')}</p>
      <p className={css.note}>{t('files.remove.why')}</p>
      <SheetActions>
        <Button onClick={onClose}>{t('cancel')}</Button>
        <Button look="danger" busy={busy} onClick={() => void remove()}>
          {t('files.remove')}
        </Button>
      </SheetActions>
    </Sheet>
  );
}
