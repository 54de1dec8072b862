/** The signed certificate: as a page that prints, and as the original that a stranger verifies. */
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { handoverCertificateQuery } from '@/api/cases';
import { t } from '@/i18n';
import { dateTime } from '@/i18n/format';
import { useObjectName } from '@/records/objectName';
import { ProblemState } from '@/records/ProblemState';
import { Button } from '@/ui/Button';
import { Skeleton } from '@/ui/State';
import css from './handovers.module.css';

/** What the certificate says between its first line and its signature. */
type Body = {
  number?: string;
  person?: { name?: string };
  operator?: { name?: string };
  frozen_at?: string;
  finished_at?: string;
  inventory?: Record<string, number>;
  heirs?: { person?: { id?: string; name?: string }; records?: Record<string, number> }[];
  left?: number;
};

export function Certificate({ id, number }: { id: string; number: string }) {
  const [open, setOpen] = useState(false);
  const text = useQuery({ ...handoverCertificateQuery(id), enabled: open });

  function download() {
    const link = document.createElement('a');
    link.href = URL.createObjectURL(new Blob([text.data ?? ''], { type: 'text/plain;charset=utf-8' }));
    link.download = `${number}.txt`;
    link.click();
    URL.revokeObjectURL(link.href);
  }

  return (
    <section className={css.certificate} aria-labelledby="certificate-title">
      <h2 id="certificate-title">{t('handovers.certificate')}</h2>
      <p className={css.note}>{t('handovers.certificate.note')}</p>
      {!open && (
        <Button icon="approvals" onClick={() => setOpen(true)}>
          {t('handovers.certificate.view')}
        </Button>
      )}
      {open && text.isPending && <Skeleton label={t('loading')} rows={2} />}
      {text.error && <ProblemState error={text.error} retry={() => text.refetch()} small />}
      {text.data && (
        <>
          <div className={css.tools}>
            <Button icon="download" onClick={download}>
              {t('handovers.certificate.download')}
            </Button>
            <Button onClick={() => window.print()}>{t('handovers.certificate.print')}</Button>
          </div>
          <Facts text={text.data} />
          <details className={css.original}>
            <summary>{t('handovers.certificate.original')}</summary>
            {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region needs the focus to be scrolled by keys */}
            <pre tabIndex={0}>{text.data}</pre>
          </details>
        </>
      )}
    </section>
  );
}

function parse(text: string): Body | null {
  const from = text.indexOf('{');
  const to = text.indexOf('\n}\n');
  try {
    return JSON.parse(text.slice(from, to + 2)) as Body;
  } catch {
    // The original below is what counts; it is shown in any case.
    return null;
  }
}

function Facts({ text }: { text: string }) {
  const nameOf = useObjectName();
  const body = parse(text);
  if (!body) return null;
  const counts = (records: Record<string, number> | undefined) =>
    Object.entries(records ?? {})
      .map(([object, n]) => `${nameOf(object)} ${n}`)
      .join(t('list.comma')) || t('none');
  const facts: [string, string][] = [
    [t('handovers.certificate.number'), body.number ?? ''],
    [t('handovers.certificate.person'), body.person?.name ?? ''],
    [t('handovers.certificate.operator'), body.operator?.name ?? ''],
    [t('handovers.certificate.frozen'), body.frozen_at ? dateTime(body.frozen_at) : ''],
    [t('handovers.certificate.finished'), body.finished_at ? dateTime(body.finished_at) : ''],
    [t('handovers.inventory'), counts(body.inventory)],
    [t('handovers.certificate.left'), String(body.left ?? '')],
  ];
  return (
    <>
      <dl className={css.facts}>
        {facts.map(([label, value]) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <table className={css.heirs}>
        <caption>{t('handovers.certificate.heirs')}</caption>
        <tbody>
          {body.heirs?.map((heir) => (
            <tr key={heir.person?.id ?? ''}>
              <th scope="row">{heir.person?.name ?? heir.person?.id}</th>
              <td>{counts(heir.records)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}
