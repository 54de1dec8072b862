/** One tap says why. Only "other" asks for a sentence. */
import { useState } from 'react';
import { Problem } from '@/api/problem';
import { t } from '@/i18n';
import { Button } from '@/ui/Button';
import { Field } from '@/ui/Field';
import { Icon } from '@/ui/Icon';
import { Input } from '@/ui/Input';
import { Sheet } from '@/ui/Sheet';
import { problemText } from '../problemText';
import { orderedPurposes, type Purpose, rememberPurpose, wirePurpose } from './purposes';
import css from './reveal.module.css';

type Props = {
  title: string;
  /** What happens after the tap; how a look works, unless said otherwise. */
  note?: string;
  onPick: (purpose: string) => Promise<void>;
  onWhy?: () => void;
  onClose: () => void;
};

export function PurposeSheet({ title, note: what, onPick, onWhy, onClose }: Props) {
  const [busy, setBusy] = useState<Purpose | null>(null);
  const [other, setOther] = useState(false);
  const [note, setNote] = useState('');
  const [error, setError] = useState<string | null>(null);
  const [order] = useState(orderedPurposes);

  async function pick(purpose: Purpose) {
    setBusy(purpose);
    setError(null);
    try {
      await onPick(wirePurpose(purpose, note));
      rememberPurpose(purpose);
    } catch (problem) {
      setError(problem instanceof Problem ? problemText(problem) : t('problem.unknown'));
    } finally {
      setBusy(null);
    }
  }

  return (
    <Sheet title={title} closeWord={t('close')} onClose={onClose}>
      <p className={css.note}>{what ?? t('reveal.note')}</p>
      {error && (
        <p className={css.error} role="alert">
          <Icon name="alert" size={18} />
          {error}
        </p>
      )}
      <ul className={css.purposes}>
        {order.map((purpose) => (
          <li key={purpose}>
            <Button
              wide
              busy={busy === purpose}
              disabled={busy !== null}
              onClick={() => (purpose === 'other' ? setOther(true) : void pick(purpose))}
            >
              {t(`purpose.${purpose}`)}
            </Button>
          </li>
        ))}
      </ul>
      {other && (
        <form
          className={css.other}
          onSubmit={(event) => {
            event.preventDefault();
            void pick('other');
          }}
        >
          <Field id="purpose-note" label={t('reveal.other')}>
            {(control) => (
              <Input
                {...control}
                value={note}
                autoFocus
                maxLength={200}
                onChange={(e) => setNote(e.target.value)}
              />
            )}
          </Field>
          <Button look="primary" type="submit" disabled={note.trim().length < 2} busy={busy === 'other'}>
            {t('reveal.show')}
          </Button>
        </form>
      )}
      {onWhy && (
        <Button look="link" onClick={onWhy}>
          {t('explain.link')}
        </Button>
      )}
    </Sheet>
  );
}
