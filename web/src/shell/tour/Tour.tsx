/**
 * The first-run tour: a card that points at things. It lies beside the page and not over it, so whoever wants to begin
 * to work just begins; Escape ends it.
 */
import { useQuery } from '@tanstack/react-query';
import { type KeyboardEvent, useEffect, useId, useLayoutEffect, useRef, useState } from 'react';
import { keepPreference } from '@/api/preferences';
import { meQuery, objectsQuery } from '@/api/queries';
import { t } from '@/i18n';
import { Button, IconButton } from '@/ui/Button';
import { mayOf } from '../places';
import { stepsFor } from './steps';
import css from './tour.module.css';
import { TOUR, VERSION } from './useFirstRun';

export function Tour({ onClose }: { onClose: () => void }) {
  const id = useId();
  const card = useRef<HTMLDivElement>(null);
  const me = useQuery(meQuery);
  const objects = useQuery(objectsQuery);
  const [at, setAt] = useState(0);
  const steps = stepsFor(mayOf(me.data, objects.data ?? []));
  const step = steps[Math.min(at, steps.length - 1)];
  const last = at >= steps.length - 1;

  // Seen is seen, also when somebody walks away from the first card.
  useEffect(() => {
    void keepPreference(TOUR, { seen: VERSION }).catch(() => undefined);
  }, []);
  useEffect(() => card.current?.focus(), []);
  function press(event: KeyboardEvent) {
    if (event.key === 'Escape') onClose();
    else if (event.key === 'ArrowRight' && !last) setAt(at + 1);
    else if (event.key === 'ArrowLeft' && at > 0) setAt(at - 1);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }
  if (!step) return null;
  return (
    <>
      <Light at={step.at} />
      <div
        ref={card}
        className={css.card}
        role="dialog"
        aria-labelledby={`${id}-title`}
        aria-describedby={`${id}-text`}
        tabIndex={-1}
        onKeyDown={press}
      >
        <header>
          <h2 id={`${id}-title`}>{t(step.title)}</h2>
          <IconButton icon="close" label={t('tour.skip')} onClick={onClose} />
        </header>
        <p id={`${id}-text`} aria-live="polite">
          {t(step.text)}
        </p>
        <footer>
          <span className={css.dots}>
            <span className="sr">{t('tour.step', { n: at + 1, of: steps.length })}</span>
            {steps.map((one) => (
              <i key={one.title} data-on={one === step || undefined} aria-hidden="true" />
            ))}
          </span>
          {at > 0 && (
            <Button look="quiet" onClick={() => setAt(at - 1)}>
              {t('back')}
            </Button>
          )}
          <Button look="primary" onClick={() => (last ? onClose() : setAt(at + 1))}>
            {t(last ? 'tour.begin' : 'tour.next')}
          </Button>
        </footer>
      </div>
    </>
  );
}

/** A ring around what the step speaks of; where it is not on this screen, nothing. */
function Light({ at }: { at: string | undefined }) {
  const [box, setBox] = useState<DOMRect | null>(null);
  useLayoutEffect(() => {
    const found = at ? document.querySelector(`[data-tour="${at}"]`) : null;
    const look = () => setBox(found?.getBoundingClientRect() ?? null);
    look();
    addEventListener('resize', look);
    addEventListener('scroll', look, true);
    return () => {
      removeEventListener('resize', look);
      removeEventListener('scroll', look, true);
    };
  }, [at]);
  if (!box) return null;
  const room = 4;
  return (
    <div
      className={css.light}
      aria-hidden="true"
      style={{
        left: box.left - room,
        top: box.top - room,
        width: box.width + 2 * room,
        height: box.height + 2 * room,
      }}
    />
  );
}
