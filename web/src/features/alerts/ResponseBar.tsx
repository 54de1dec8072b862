/** One tap to take an alert in hand; what ends somebody's work asks first, and closing asks for its finding. */
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Alert } from '@/api/contract';
import { meQuery } from '@/api/queries';
import { t } from '@/i18n';
import { nameOf } from '@/records/alertWords';
import { useKeptText } from '@/records/form/useKeptText';
import { problemText } from '@/records/problemText';
import { Button } from '@/ui/Button';
import { Field } from '@/ui/Field';
import { Icon } from '@/ui/Icon';
import { TextArea } from '@/ui/Input';
import { Sheet, SheetActions } from '@/ui/Sheet';
import css from './alerts.module.css';
import type { Action, useResponse } from './useResponse';

type Props = { alert: Alert; response: ReturnType<typeof useResponse> };

export function ResponseBar({ alert, response }: Props) {
  const me = useQuery(meQuery);
  const [asking, setAsking] = useState<'end_sessions' | 'close' | null>(null);
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
        onClick={() => setAsking('end_sessions')}
      >
        {t('alerts.act.end_sessions')}
      </Button>
      <Button disabled={response.isPending} onClick={() => setAsking('close')}>
        {t('alerts.act.close')}
      </Button>
      {asking === 'end_sessions' && (
        <EndSheet name={nameOf(alert.person)} response={response} onClose={() => setAsking(null)} />
      )}
      {asking === 'close' && <CloseSheet alert={alert} response={response} onClose={() => setAsking(null)} />}
    </div>
  );
}

type Asking = { response: Props['response']; onClose: () => void };

/** Why an answer of this kind was not given, where it was asked for. */
function Why({ response, action }: { response: Props['response']; action: Action }) {
  if (!response.error || response.variables?.action !== action) return null;
  return (
    <p className={css.refused} role="alert">
      <Icon name="info" size={18} />
      {problemText(response.error)}
    </p>
  );
}

function EndSheet({ name, response, onClose }: Asking & { name: string }) {
  return (
    <Sheet title={t('alerts.ending', { name })} closeWord={t('close')} onClose={onClose}>
      <p>{t('alerts.ending.why', { name })}</p>
      <Why response={response} action="end_sessions" />
      <SheetActions>
        <Button onClick={onClose}>{t('cancel')}</Button>
        <Button
          look="danger"
          busy={response.isPending}
          onClick={() => response.mutate({ action: 'end_sessions' }, { onSuccess: onClose })}
        >
          {t('alerts.act.end_sessions')}
        </Button>
      </SheetActions>
    </Sheet>
  );
}

function CloseSheet({ alert, response, onClose }: Asking & { alert: Alert }) {
  const [note, setNote, dropNote] = useKeptText(`alert:${alert.id}`);
  const close = () =>
    response.mutate(
      { action: 'close', note: note.trim() },
      {
        onSuccess: () => {
          dropNote();
          onClose();
        },
      },
    );
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
          <Button look="primary" disabled={empty} busy={response.isPending} onClick={close}>
            {t('alerts.closing')}
          </Button>
        </>
      }
    >
      <Why response={response} action="close" />
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
