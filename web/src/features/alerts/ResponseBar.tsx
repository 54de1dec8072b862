/** One tap per answer; closing asks for its finding. */
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Alert } from '@/api/contract';
import { meQuery } from '@/api/queries';
import { t } from '@/i18n';
import { Button } from '@/ui/Button';
import { Field } from '@/ui/Field';
import { TextArea } from '@/ui/Input';
import { Sheet } from '@/ui/Sheet';
import css from './alerts.module.css';
import type { Action, useResponse } from './useResponse';

type Props = { alert: Alert; response: ReturnType<typeof useResponse> };

export function ResponseBar({ alert, response }: Props) {
  const me = useQuery(meQuery);
  const [closing, setClosing] = useState(false);
  if (alert.state === 'closed') return null;
  if (!alert.answerable) {
    const own = alert.person.id === me.data?.person.id;
    return <p className={css.quiet}>{own ? t('alerts.own') : t('alerts.read_only')}</p>;
  }
  const busy = (action: Action) => response.isPending && response.variables?.action === action;
  return (
    <div className={css.answers}>
      {alert.state === 'open' && (
        <Button
          look="primary"
          busy={busy('acknowledge')}
          disabled={response.isPending}
          onClick={() => response.mutate({ action: 'acknowledge' })}
        >
          {t('alerts.act.acknowledge')}
        </Button>
      )}
      <Button
        look="danger"
        busy={busy('end_sessions')}
        disabled={response.isPending}
        onClick={() => response.mutate({ action: 'end_sessions' })}
      >
        {t('alerts.act.end_sessions')}
      </Button>
      <Button disabled={response.isPending} onClick={() => setClosing(true)}>
        {t('alerts.act.close')}
      </Button>
      {closing && <CloseSheet response={response} onClose={() => setClosing(false)} />}
    </div>
  );
}

function CloseSheet({ response, onClose }: { response: Props['response']; onClose: () => void }) {
  const [note, setNote] = useState('');
  const findings = [t('alerts.closing.work'), t('alerts.closing.talked'), t('alerts.closing.mistake')];
  const empty = note.trim() === '';
  return (
    <Sheet
      title={t('alerts.closing')}
      closeWord={t('close')}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{t('cancel')}</Button>
          <Button
            look="primary"
            disabled={empty}
            busy={response.isPending}
            onClick={() => response.mutate({ action: 'close', note: note.trim() }, { onSettled: onClose })}
          >
            {t('alerts.closing')}
          </Button>
        </>
      }
    >
      <div className={css.findings}>
        {findings.map((finding) => (
          <button
            key={finding}
            type="button"
            aria-pressed={note === finding}
            onClick={() => setNote(finding)}
          >
            {finding}
          </button>
        ))}
      </div>
      <Field id="alert-note" label={t('alerts.closing.note')} help={t('alerts.closing.help')}>
        {(control) => (
          <TextArea
            {...control}
            data-first=""
            value={note}
            maxLength={500}
            onChange={(event) => setNote(event.target.value)}
          />
        )}
      </Field>
    </Sheet>
  );
}
