/** Asking for a copy, a correction, an erasure, or complaining: one tap, a few words, as much proof as it needs. */
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { GuestPage } from '@/api/contract';
import { isProblem } from '@/api/problem';
import { queryClient } from '@/api/queries';
import { t } from '@/i18n';
import { problemText } from '@/records/problemText';
import { Button } from '@/ui/Button';
import { Field } from '@/ui/Field';
import { Icon, type IconName } from '@/ui/Icon';
import { TextArea } from '@/ui/Input';
import { Sheet } from '@/ui/Sheet';
import { toast } from '@/ui/toast';
import { CheckFields, noProofs, shown } from './CheckFields';
import css from './public.module.css';
import { ask, noticesQuery, pageQuery } from './queries';

const kinds = ['copy', 'correction', 'erasure', 'complaint'] as const;
type Kind = (typeof kinds)[number];
const icons: Record<Kind, IconName> = {
  copy: 'download',
  correction: 'pen',
  erasure: 'trash',
  complaint: 'complaint',
};

/** What a visitor has typed, by what they ask for. */
export type Texts = Partial<Record<Kind, string>>;

type Props = { link: string; page: GuestPage; texts: Texts; onTexts: (texts: Texts) => void };

export function AskSection({ link, page, texts, onTexts }: Props) {
  const [kind, setKind] = useState<Kind | null>(null);
  return (
    <section className={css.section} aria-labelledby="public-ask">
      <h2 id="public-ask">{t('public.ask')}</h2>
      <ul className={css.asks}>
        {kinds.map((item) => (
          <li key={item}>
            <button type="button" onClick={() => setKind(item)}>
              <Icon name={icons[item]} size={22} />
              <span>
                <b>{t(`public.ask.${item}`)}</b>
                <small>{t(`public.ask.${item}.what`)}</small>
              </span>
            </button>
          </li>
        ))}
      </ul>
      <Within />
      {kind && (
        <AskSheet
          kind={kind}
          link={link}
          page={page}
          text={texts[kind] ?? ''}
          onText={(text) => onTexts({ ...texts, [kind]: text })}
          onClose={() => setKind(null)}
        />
      )}
    </section>
  );
}

function AskSheet({
  kind,
  link,
  page,
  text,
  onText,
  onClose,
}: {
  kind: Kind;
  link: string;
  page: GuestPage;
  text: string;
  onText: (text: string) => void;
  onClose: () => void;
}) {
  const [proofs, setProofs] = useState(noProofs);
  const [left, setLeft] = useState(page.tries_left);
  const [busy, setBusy] = useState(false);
  const [wrong, setWrong] = useState<{ text?: string; check?: string }>({});
  const wordy = kind === 'correction' || kind === 'complaint';
  const checked = kind !== 'complaint';
  const both = kind !== 'correction';

  async function send() {
    if (wordy && text.trim() === '') return setWrong({ text: t('form.required') });
    const proof = checked ? shown(proofs, left <= 0) : {};
    const given = Object.keys(proof).length;
    if (checked && !proofs.byHand && left > 0 && given < (both ? 2 : 1))
      return setWrong({ check: t(both ? 'public.check.both' : 'public.check.one') });
    setBusy(true);
    setWrong({});
    try {
      const made = await ask(link, kind, text.trim(), proof);
      onText('');
      toast(t('public.ask.sent', { number: made.number }));
      void queryClient.invalidateQueries({ queryKey: pageQuery(link).queryKey });
      onClose();
    } catch (problem) {
      setBusy(false);
      if (isProblem(problem, 'check_locked')) setLeft(0);
      if (isProblem(problem)) {
        const tries = problem.body.errors?.find((error) => error.facts?.left)?.facts?.left;
        if (tries !== undefined) setLeft(Number(tries));
      }
      const about = isProblem(problem) && problem.forField('text');
      setWrong(about ? { text: about } : { check: problemText(problem) });
    }
  }

  return (
    <Sheet
      title={t(`public.ask.${kind}`)}
      closeWord={t('close')}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{t('cancel')}</Button>
          <Button look="primary" busy={busy} onClick={() => void send()}>
            {t('public.ask.send')}
          </Button>
        </>
      }
    >
      <Field
        id="ask-text"
        label={t(`public.ask.text.${kind}`)}
        required={wordy}
        requiredWord={t('form.required_mark')}
        error={wrong.text ?? null}
      >
        {(control) => (
          <TextArea
            {...control}
            value={text}
            rows={4}
            maxLength={2000}
            onChange={(event) => onText(event.target.value)}
          />
        )}
      </Field>
      {checked ? (
        <CheckFields
          both={both}
          left={left}
          value={proofs}
          onChange={setProofs}
          error={wrong.check ?? null}
          byHand
        />
      ) : (
        wrong.check && (
          <p className={css.error} role="alert">
            {wrong.check}
          </p>
        )
      )}
      <Within />
    </Sheet>
  );
}

/** How long an answer takes, as the company has published it. */
function Within() {
  const days = useQuery(noticesQuery).data?.company.answer_days;
  return days ? <p className={css.small}>{t('public.ask.clock', { n: days })}</p> : null;
}
