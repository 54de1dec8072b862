/** 拨打 / 跟进 / 导航: the three things a rep does with a card. Only those that would work are there. */
import { useState } from 'react';
import type { KedunRecord, ObjectDef } from '@/api/contract';
import { t } from '@/i18n';
import { Button } from '@/ui/Button';
import { Icon, type IconName } from '@/ui/Icon';
import { Sheet } from '@/ui/Sheet';
import { addressField, canUse, dial, navigateTo, phoneField } from './contact';
import { toastProblem } from './problemText';
import css from './records.module.css';
import { titleOf } from './title';

const MAP_KNOWN = 'kedun.map-noticed';

type Props = {
  record: KedunRecord;
  object: ObjectDef;
  onFollowUp?: (() => void) | undefined;
  /** Where a composer is in sight already, following up is only offered after a call. */
  calledOnly?: boolean;
};

export function ContactRow({ record, object, onFollowUp, calledOnly }: Props) {
  // Whom it is only shown to writes nothing down there.
  const follow = record.rights.shown_only ? undefined : onFollowUp;
  const [busy, setBusy] = useState<'call' | 'map' | null>(null);
  const [mapNotice, setMapNotice] = useState(false);
  const phone = phoneField(object);
  const address = addressField(object);

  async function run(what: 'call' | 'map', work: () => Promise<void>) {
    setBusy(what);
    try {
      await work();
    } catch (problem) {
      toastProblem(problem);
    } finally {
      setBusy(null);
    }
  }
  function go() {
    if (!address) return;
    localStorage.setItem(MAP_KNOWN, '1');
    setMapNotice(false);
    void run('map', () => navigateTo(record, address));
  }

  const actions: { key: string; icon: IconName; label: string; run: () => void; busy: boolean }[] = [];
  if (canUse(record, phone))
    actions.push({
      key: 'call',
      icon: 'phone',
      label: t('action.call'),
      busy: busy === 'call',
      run: () => void run('call', () => dial(record, phone, follow)),
    });
  if (follow && !calledOnly)
    actions.push({ key: 'follow', icon: 'pen', label: t('action.follow_up'), busy: false, run: follow });
  if (canUse(record, address))
    actions.push({
      key: 'map',
      icon: 'navigate',
      label: t('action.navigate'),
      busy: busy === 'map',
      run: () => (localStorage.getItem(MAP_KNOWN) ? go() : setMapNotice(true)),
    });
  if (actions.length === 0) return null;

  return (
    <div className={css.contactRow}>
      {actions.map((action) => (
        <button
          key={action.key}
          type="button"
          className={css.contactButton}
          aria-label={t('action.for', { action: action.label, title: titleOf(record) })}
          aria-busy={action.busy || undefined}
          disabled={action.busy}
          onClick={action.run}
        >
          <Icon name={action.icon} size={18} />
          {action.label}
        </button>
      ))}
      {mapNotice && (
        <Sheet
          title={t('map.title')}
          closeWord={t('close')}
          onClose={() => setMapNotice(false)}
          footer={
            <>
              <Button onClick={() => setMapNotice(false)}>{t('cancel')}</Button>
              <Button look="primary" onClick={go}>
                {t('map.go')}
              </Button>
            </>
          }
        >
          <p>{t('map.note')}</p>
        </Sheet>
      )}
    </div>
  );
}
