/** What this device has not sent yet: what it is, why it waits, send it again or throw it away. */
import { Link, useRouter } from '@tanstack/react-router';
import { useSyncExternalStore } from 'react';
import { t } from '@/i18n';
import { nearTime } from '@/i18n/format';
import { discard, type Entry, flush, outbox, restore, retry, wordsOf } from '@/offline/outbox';
import { useOnline } from '@/offline/useOnline';
import { useOutbox } from '@/offline/useOutbox';
import { Button, IconButton } from '@/ui/Button';
import { Icon, type IconName } from '@/ui/Icon';
import { State } from '@/ui/State';
import { Tag } from '@/ui/Tag';
import { toast } from '@/ui/toast';
import css from './outbox.module.css';

const icons: Record<Entry['what'], IconName> = {
  follow_up: 'pen',
  plan: 'clock',
  plan_done: 'check',
  plan_later: 'tomorrow',
  photo: 'camera',
};

export function OutboxPage() {
  const router = useRouter();
  const entries = useOutbox();
  const online = useOnline();
  const sending = useSyncExternalStore(outbox.subscribe, outbox.sending);
  return (
    <div className={css.page}>
      <header className={css.bar}>
        <IconButton icon="back" label={t('back')} onClick={() => router.history.back()} />
        <h1>{t('outbox.title')}</h1>
        {entries.length > 0 && online && (
          <Button small onClick={() => void flush()} busy={sending !== null}>
            {t('outbox.send')}
          </Button>
        )}
      </header>
      <p className={css.note}>{t('outbox.note')}</p>
      {entries.length === 0 && <State icon="check" title={t('outbox.empty')} why={t('outbox.empty.why')} />}
      <ul className={css.list}>
        {entries.map((entry) => (
          <Row key={entry.id} entry={entry} sending={sending === entry.id} online={online} />
        ))}
      </ul>
    </div>
  );
}

function Row({ entry, sending, online }: { entry: Entry; sending: boolean; online: boolean }) {
  const stuck = wordsOf(entry)?.refused !== undefined;
  async function throwAway() {
    const gone = await discard(entry.id);
    if (!gone) return;
    toast(t('outbox.discarded'), 'done', { label: t('undo'), run: () => void restore(gone) });
  }
  return (
    <li className={css.item}>
      <span className={css.icon}>
        <Icon name={icons[entry.what]} size={18} />
      </span>
      <div className={css.words}>
        <p className={css.line}>
          <Link to="/records/$object/$id" params={{ object: entry.about.object, id: entry.about.id }}>
            {entry.about.title}
          </Link>
          <Tag tone={entry.refused ? 'cinnabar' : sending ? 'indigo' : 'amber'}>
            {t(entry.refused ? 'outbox.refused' : sending ? 'outbox.sending' : 'outbox.waiting')}
          </Tag>
        </p>
        <p className={css.meta}>
          {t(`outbox.what.${entry.what}`)} · {nearTime(entry.at)}
        </p>
        {entry.text && <p className={css.text}>{entry.text}</p>}
        {entry.refused && (
          <p className={css.why} role="alert">
            {entry.refused === 'too_old' ? t('outbox.too_old') : entry.refused}
          </p>
        )}
        {stuck && <p className={css.meta}>{t('outbox.after_words')}</p>}
        <p className={css.acts}>
          {online && !stuck && (
            <Button small disabled={sending} onClick={() => void retry(entry.id)}>
              {t(entry.refused ? 'outbox.again' : 'outbox.send')}
            </Button>
          )}
          <Button small look="quiet" disabled={sending} onClick={() => void throwAway()}>
            {t('outbox.discard')}
          </Button>
        </p>
      </div>
    </li>
  );
}
