/** One file: a picture under the watermark, or what can be done with a document. */
import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import type { FileView } from '@/api/contract';
import { fileQuery, meQuery } from '@/api/queries';
import { t } from '@/i18n';
import { fileSize, nearTime } from '@/i18n/format';
import { save } from '@/records/rights/save';
import { useWatermark } from '@/shell/useWatermark';
import { Button } from '@/ui/Button';
import { Sheet } from '@/ui/Sheet';
import { Skeleton, State } from '@/ui/State';
import { Watermark } from '@/ui/Watermark';
import { ProblemState } from '../ProblemState';
import css from './files.module.css';
import { isShown, mediaOf } from './picture';
import { useAddress } from './useAddress';

export function FileSheet({
  customer,
  file,
  onClose,
}: {
  customer: string;
  file: FileView;
  onClose: () => void;
}) {
  const shown = isShown(file.kind);
  const bytes = useQuery({ ...fileQuery(customer, file.id), enabled: shown });
  const me = useQuery(meQuery);
  const mark = useWatermark(me.data);
  const blob = useMemo(
    () => (shown && bytes.data ? new Blob([bytes.data], { type: mediaOf(file.kind) }) : null),
    [shown, bytes.data, file.kind],
  );
  const address = useAddress(blob);
  const [broken, setBroken] = useState(false);
  const name = file.name ?? t('files.hidden');
  // A document is fetched, and looked at in the log, when it is asked for.
  const document = useQuery({ ...fileQuery(customer, file.id), enabled: false });

  async function keep() {
    const held = bytes.data ?? (await document.refetch()).data;
    if (held) save(new Blob([held], { type: 'application/octet-stream' }), name);
  }

  const error = shown ? bytes.error : document.error;
  return (
    <Sheet
      title={name}
      closeWord={t('close')}
      onClose={onClose}
      wide
      footer={
        <Button icon="download" busy={document.isFetching && !shown} onClick={() => void keep()}>
          {t('files.save')}
        </Button>
      }
    >
      {shown && !error && !address && <Skeleton rows={4} label={t('loading')} />}
      {error && (
        <ProblemState error={error} retry={() => void (shown ? bytes.refetch() : document.refetch())} small />
      )}
      {broken && <State small icon="picture" title={t('files.broken')} />}
      {address && !broken && (
        <div className={css.picture}>
          <img src={address} alt={name} onError={() => setBroken(true)} />
          {mark && <Watermark text={mark} onPicture />}
        </div>
      )}
      {!shown && !error && <State small icon="file" title={t('files.not_shown')} />}
      <p className={css.told}>
        {t('files.line', {
          size: fileSize(file.size),
          who: file.added_by?.name ?? t('timeline.system'),
          time: nearTime(file.added_at),
        })}
      </p>
      <p className={css.told}>{t('files.save.note')}</p>
    </Sheet>
  );
}
