/** From a leaked text back to the export it was copied from. The text is compared and forgotten. */
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { api } from '@/api/client';
import type { Traced } from '@/api/contract';
import { t } from '@/i18n';
import { problemText } from '@/records/problemText';
import { Button } from '@/ui/Button';
import { Field } from '@/ui/Field';
import { Icon } from '@/ui/Icon';
import { TextArea } from '@/ui/Input';
import { State } from '@/ui/State';
import { ExportFacts } from './ExportFacts';
import css from './register.module.css';

/** What the server takes at once, in characters. */
const MOST = 1_000_000;

export function Trace() {
  const [text, setText] = useState('');
  const [tooLarge, setTooLarge] = useState(false);
  const trace = useMutation({
    mutationFn: async () => (await api.post<{ traced: Traced[] }>('/exports/traces', { text })).traced,
  });

  async function take(file: File | undefined) {
    if (!file) return;
    const read = await file.text();
    setTooLarge(read.length > MOST);
    if (read.length <= MOST) setText(read);
  }
  function submit(event: FormEvent) {
    event.preventDefault();
    trace.mutate();
  }
  const found = trace.data;
  return (
    <div className={css.reviews}>
      <p className={css.note}>{t('trace.note')}</p>
      <form className={css.trace} onSubmit={submit}>
        <Field id="leak" label={t('trace.text')} help={t('trace.text.help')}>
          {(control) => (
            <TextArea
              {...control}
              value={text}
              maxLength={MOST}
              spellCheck={false}
              onChange={(event) => setText(event.target.value)}
            />
          )}
        </Field>
        <label className={css.file}>
          <Icon name="download" size={18} />
          {t('trace.file')}
          <input
            type="file"
            className="sr"
            accept=".csv,.txt,text/plain,text/csv"
            onChange={(event) => void take(event.target.files?.[0])}
          />
        </label>
        {tooLarge && (
          <p className={css.failed} role="alert">
            {t('trace.too_large')}
          </p>
        )}
        <Button
          type="submit"
          look="primary"
          icon="search"
          disabled={text.trim() === ''}
          busy={trace.isPending}
        >
          {t('trace.go')}
        </Button>
      </form>
      <div role="status" className={css.found}>
        {trace.error && <p className={css.failed}>{problemText(trace.error)}</p>}
        {found?.length === 0 && (
          <State small icon="search" title={t('trace.none')} why={t('trace.none.why')} />
        )}
        {found && found.length > 0 && (
          <>
            <h2>{t('trace.found', { n: found.length })}</h2>
            <ul className={css.list}>
              {found.map((one) => (
                <li key={one.mark}>
                  <p className={css.meta}>
                    <code>{t('trace.mark', { mark: one.mark })}</code>
                  </p>
                  <ExportFacts item={one.export} open />
                </li>
              ))}
            </ul>
          </>
        )}
      </div>
    </div>
  );
}
