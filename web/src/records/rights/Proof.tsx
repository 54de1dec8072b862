/** A signed receipt or certificate: what it says, whether the signature is right, and the text to take away. */
import { useEffect, useState } from 'react';
import { t, tCode } from '@/i18n';
import { dateTime } from '@/i18n/format';
import { bodyOf, type Verdict, verify } from '@/proof/certificate';
import { Button } from '@/ui/Button';
import { cx } from '@/ui/cx';
import { Icon, type IconName } from '@/ui/Icon';
import css from './rights.module.css';
import { save } from './save';

type Props = { note: string; signedBy: string; name: string };

const icons: Record<Verdict, IconName> = { valid: 'check', invalid: 'alert' };

export function Proof({ note, signedBy, name }: Props) {
  const [verdict, setVerdict] = useState<Verdict | null>(null);
  useEffect(() => {
    let current = true;
    void verify(note, signedBy).then((found) => current && setVerdict(found));
    return () => {
      current = false;
    };
  }, [note, signedBy]);
  const body = bodyOf(note);
  return (
    <div className={css.proof} data-print="">
      <p className={cx(css.verdict, verdict && css[verdict])} role="status">
        <Icon name={verdict ? icons[verdict] : 'clock'} size={20} />
        {t(`proof.${verdict ?? 'checking'}`)}
      </p>
      {body && verdict === 'valid' && (
        <dl className={css.facts}>
          {Object.entries(body)
            .filter(([key, value]) => key !== 'log' && said(key, value) !== '')
            .map(([key, value]) => (
              <div key={key}>
                <dt>{tCode('proof.field', key)}</dt>
                <dd>{said(key, value)}</dd>
              </div>
            ))}
        </dl>
      )}
      <details className={css.raw}>
        <summary>{t('proof.raw')}</summary>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region needs the focus to be scrolled by keys */}
        <pre tabIndex={0}>{note}</pre>
      </details>
      <p className={css.tools}>
        <Button
          icon="download"
          onClick={() => save(new Blob([note], { type: 'text/plain' }), `${name}.note.txt`)}
        >
          {t('proof.download')}
        </Button>
        <Button onClick={() => window.print()}>{t('proof.print')}</Button>
      </p>
    </div>
  );
}

/** Codes by their words, moments by the clock, nested facts in one line. */
function said(key: string, value: unknown): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'string') {
    if (/^\d{4}-\d{2}-\d{2}T/.test(value)) return dateTime(value);
    if (key === 'basis') return tCode('basis', value);
    if (key === 'channel') return tCode('channel', value);
    if (key === 'kind') return tCode('consent.kind', value);
    if (key === 'ground') return tCode('erasures.ground', value);
    if (key === 'purpose') return tCode('desk.purpose', value);
    return value;
  }
  if (Array.isArray(value)) return value.map((item) => said('', item)).join('\n');
  if (typeof value === 'object') {
    const named = value as { name?: unknown; id?: unknown };
    if (typeof named.name === 'string' && typeof named.id === 'string') return named.name;
    return Object.entries(value)
      .map(([name, inner]) => [name, said(name, inner)] as const)
      .filter(([, text]) => text !== '')
      .map(([name, text]) => `${tCode('proof.field', name)}: ${text}`)
      .join('\n');
  }
  return String(value);
}
