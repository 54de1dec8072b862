/** The notice in force, short and unfoldable, with the ground the data stands on ready-picked. */
import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import type { Basis, Channel } from '@/api/contract';
import { isGone } from '@/api/problem';
import { noticeQuery } from '@/api/queries';
import { t, useLanguage } from '@/i18n';
import { fieldId, focusOn } from '@/records/form/useForm';
import { ProblemState } from '@/records/ProblemState';
import { Field } from '@/ui/Field';
import { Icon } from '@/ui/Icon';
import { Select, Tick } from '@/ui/Input';
import { Skeleton } from '@/ui/State';
import { ChannelField } from './ChannelField';
import css from './notice.module.css';

const bases: Basis[] = ['consent', 'contract', 'legal_duty', 'public', 'employment'];

export type Ground = {
  notice: { id: string; version: number | string } | null;
  basis: Basis;
  channel: Channel;
  agreed: boolean;
};
export const readyGround: Ground = { notice: null, basis: 'consent', channel: 'in_person', agreed: false };

/** What is sent of it; sensitive data has a tick and a row of its own, as PIPL 29 wants. */
export function intakeOf(purpose: string, ground: Ground, sensitive: boolean, separate: boolean) {
  const consents = ground.basis === 'consent' ? [{ kind: 'collect' as const, given: ground.agreed }] : [];
  return {
    notice: ground.notice,
    purpose,
    basis: ground.basis,
    channel: ground.channel,
    consents: sensitive ? [...consents, { kind: 'sensitive' as const, given: separate }] : consents,
  };
}

type Props = {
  purpose: string;
  ground: Ground;
  onChange: (ground: Ground) => void;
  error: string | null;
  /** Counts how often the form came back for it: each time it is brought into sight with the keyboard. */
  sought?: number;
  /** Why it is asked for, where that is not a matter of course. */
  why?: string | undefined;
};

const BLOCK = 'intake-notice';

export function NoticeBlock({ purpose, ground, onChange, error, sought = 0, why }: Props) {
  const language = useLanguage();
  const notice = useQuery(noticeQuery(purpose, language));
  const [open, setOpen] = useState(false);
  const [picking, setPicking] = useState(false);

  const { data } = notice;
  useEffect(() => {
    if (data && (ground.notice?.id !== data.id || ground.notice.version !== data.version))
      // Another text was shown: the tick was given for the old one.
      onChange({ ...ground, notice: { id: data.id, version: data.version }, agreed: false });
  }, [data, ground, onChange]);

  const ready = data !== undefined;
  useEffect(() => {
    if (ready && sought > 0) focusOn(document.getElementById(fieldId('intake')) ? fieldId('intake') : BLOCK);
  }, [ready, sought]);

  if (notice.isPending) return <Skeleton rows={2} label={t('loading')} />;
  if (!notice.data || isGone(notice.error))
    return <ProblemState error={notice.error} retry={() => notice.refetch()} small />;
  const body = notice.data.body.trim();
  const short = shortNotice(body);

  return (
    <section id={BLOCK} tabIndex={-1} className={css.notice} aria-label={t('notice.label')}>
      <header>
        <Icon name="approvals" size={18} />
        <h2>{notice.data.title}</h2>
      </header>
      {why && <p className={css.why}>{why}</p>}
      <p className={open ? css.noticeBody : css.noticeShort}>{open ? body : short}</p>
      <div className={css.noticeMeta}>
        <button type="button" className={css.unfold} aria-expanded={open} onClick={() => setOpen(!open)}>
          {open ? t('notice.fold') : t('notice.unfold')}
        </button>
        <span>{t('notice.version', { version: notice.data.version })}</span>
        <span title={notice.data.hash}>{t('notice.hash', { hash: shortHash(notice.data.hash) })}</span>
      </div>
      <div className={css.ground}>
        <p>
          {t('notice.ground', {
            basis: t(`basis.${ground.basis}`),
            channel: t(`channel.${ground.channel}`),
          })}
        </p>
        <button
          type="button"
          className={css.unfold}
          aria-expanded={picking}
          onClick={() => setPicking(!picking)}
        >
          {t('notice.change')}
        </button>
      </div>
      {picking && (
        <div className={css.pick}>
          <Field id="intake-basis" label={t('notice.basis')}>
            {(control) => (
              <Select
                {...control}
                value={ground.basis}
                onChange={(event) => onChange({ ...ground, basis: event.target.value as Basis })}
              >
                {bases.map((basis) => (
                  <option key={basis} value={basis}>
                    {t(`basis.${basis}`)}
                  </option>
                ))}
              </Select>
            )}
          </Field>
          <ChannelField
            id="intake-channel"
            value={ground.channel}
            onChange={(channel) => onChange({ ...ground, channel })}
          />
        </div>
      )}
      {ground.basis === 'consent' && (
        <Tick
          id={fieldId('intake')}
          aria-invalid={error ? true : undefined}
          aria-describedby={error ? `${fieldId('intake')}-error` : undefined}
          checked={ground.agreed}
          onChange={(event) => onChange({ ...ground, agreed: event.target.checked })}
        >
          {t('notice.agreed')}
        </Tick>
      )}
      {error && (
        <p className={css.bad} id={`${fieldId('intake')}-error`} role="alert">
          {error}
        </p>
      )}
    </section>
  );
}

/** The sentence people need first: what for. The rest is one tap away. */
function shortNotice(body: string): string {
  return (
    body.split('\n').find((line) => /^(目的|Purpose)s?\s*[:：]/.test(line.trim())) ??
    body.replace(/\n+/g, ' ')
  );
}

/** Enough of the fingerprint to compare by eye; the whole of it is in the title. */
function shortHash(hash: string): string {
  return hash.replace(/^sha256:/, '').slice(0, 12);
}
