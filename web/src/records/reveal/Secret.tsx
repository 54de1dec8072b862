/** A field's value with its lock: masked until asked for with a purpose, then clear for thirty seconds. */
import { useEffect, useRef, useState } from 'react';
import type { FieldDef, FieldValue, KedunRecord } from '@/api/contract';
import { FieldCell, FieldText, isMasked } from '@/fields';
import { MailText } from '@/fields/MailText';
import { say, t } from '@/i18n';
import { IconButton } from '@/ui/Button';
import { Icon } from '@/ui/Icon';
import { Ring, useSecondsLeft } from '@/ui/Ring';
import { copy, mayCopy } from '../contact';
import { ExplainSheet } from './ExplainSheet';
import { PurposeSheet } from './PurposeSheet';
import css from './reveal.module.css';
import { SECONDS, useReveal } from './useReveal';

type Props = { record: KedunRecord; def: FieldDef; value: FieldValue | undefined };

export function Secret({ record, def, value }: Props) {
  const [asking, setAsking] = useState<'purpose' | 'copy' | 'why' | null>(null);
  const { revealed, reveal, hide } = useReveal(record.object, record.id, def.name);
  const left = useSecondsLeft(revealed?.until ?? null);
  const { box, said, within } = useTold(revealed !== null, asking !== null);
  if (!isMasked(value)) return <FieldText def={def} value={value} />;

  const label = say(def.label);
  const mayReveal = record.rights.reveal.includes(def.name);
  return (
    <span className={css.secret} ref={box}>
      {revealed ? (
        <span className={css.shown} data-revealed="" tabIndex={-1} {...within}>
          <FieldCell def={def} value={revealed.value} />
          <Ring left={left} total={SECONDS} label={t('reveal.left', { n: left })} />
          <IconButton icon="lock" small label={t('reveal.hide')} onClick={hide} />
        </span>
      ) : (
        <button
          type="button"
          className={css.lock}
          aria-label={
            mayReveal
              ? t('reveal.ask', { field: label, value: value.masked })
              : t('reveal.why', { field: label, value: value.masked })
          }
          onClick={() => setAsking(mayReveal ? 'purpose' : 'why')}
        >
          <span className={css.masked}>
            {def.kind === 'email' ? <MailText text={value.masked} /> : value.masked}
          </span>
          <span className={mayReveal ? css.can : css.cannot}>
            <Icon name="lock" size={15} />
          </span>
        </button>
      )}
      {/* Without the value, which a reader hears from where the focus goes. */}
      <span className="sr" aria-live="polite">
        {said && t(`reveal.now.${said}`, { field: label })}
      </span>
      {mayReveal && !revealed && mayCopy(def) && (
        <IconButton
          icon="copy"
          small
          label={t('action.for', { action: t('action.copy'), title: label })}
          onClick={() => setAsking('copy')}
        />
      )}
      {asking === 'copy' && (
        <PurposeSheet
          title={t('copy.title', { field: label })}
          note={t('copy.note')}
          onClose={() => setAsking(null)}
          onWhy={() => setAsking('why')}
          onPick={async (purpose) => {
            await copy(record, def, purpose);
            setAsking(null);
          }}
        />
      )}
      {asking === 'purpose' && (
        <PurposeSheet
          title={t('reveal.title', { field: label })}
          onClose={() => setAsking(null)}
          onWhy={() => setAsking('why')}
          onPick={async (purpose) => {
            await reveal(purpose);
            setAsking(null);
          }}
        />
      )}
      {asking === 'why' && <ExplainSheet record={record} def={def} onClose={() => setAsking(null)} />}
    </span>
  );
}

/**
 * Whoever hears the page is told that a value is shown and that it is masked again, and the focus stays here: what had
 * it is taken away both times.
 */
function useTold(shown: boolean, asking: boolean) {
  const box = useRef<HTMLSpanElement>(null);
  const inside = useRef(false);
  const was = useRef(false);
  const [said, setSaid] = useState<'shown' | 'masked' | null>(null);
  useEffect(() => {
    // A sheet gives the focus back as it closes, so this comes after it.
    if (asking || shown === was.current) return;
    was.current = shown;
    setSaid(shown ? 'shown' : 'masked');
    const next = box.current?.querySelector<HTMLElement>(shown ? '[data-revealed]' : 'button');
    if (shown || inside.current) next?.focus({ preventScroll: true });
    if (!shown) inside.current = false;
  }, [shown, asking]);
  const within = {
    onFocus: () => {
      inside.current = true;
    },
    onBlur: () => {
      // Another window has the focus for a while; it comes back to where it was.
      if (document.hasFocus()) inside.current = false;
    },
  };
  return { box, said, within };
}
