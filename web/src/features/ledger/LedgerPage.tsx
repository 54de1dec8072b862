/** The log: its last signed head, a check that the browser makes by itself, and the entries for who audits. */
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { headsQuery, meQuery } from '@/api/queries';
import { t } from '@/i18n';
import { dateTime } from '@/i18n/format';
import { readHead, short } from '@/ledger/evidence';
import { server } from '@/ledger/source';
import { keptSize } from '@/ledger/witness';
import { ProblemState } from '@/records/ProblemState';
import { Skeleton } from '@/ui/State';
import { Entries } from './Entries';
import css from './ledger.module.css';
import { Verify } from './Verify';

export function LedgerPage() {
  const me = useQuery(meQuery);
  const auditor = me.data?.acts.includes('ledger.read') ?? false;
  // What was verified is shown again after each check, so the card asks when the check says so.
  const [checks, setChecks] = useState(0);
  return (
    <div className={css.page}>
      <header className={css.head}>
        <h1>{t('ledger.title')}</h1>
        <p>{t('ledger.note')}</p>
      </header>
      <div className={css.cards}>
        <HeadCard checks={checks} />
        {me.data && <Verify auditor={auditor} demo={me.data.demo} onDone={() => setChecks(checks + 1)} />}
      </div>
      {me.data && <Entries auditor={auditor} />}
    </div>
  );
}

function HeadCard({ checks }: { checks: number }) {
  const head = useQuery({
    queryKey: ['ledger', 'head', checks],
    queryFn: async () => {
      const [key, note] = [await server.key(), await server.checkpoint()];
      return { key, head: await readHead(key, note), kept: await keptSize() };
    },
    placeholderData: (before) => before,
  });
  const heads = useQuery(headsQuery);
  if (head.isPending) return <Skeleton rows={3} label={t('loading')} />;
  if (head.error) return <ProblemState error={head.error} retry={() => head.refetch()} small />;
  const { key, head: signed, kept } = head.data;
  const at = heads.data?.find((one) => one.size === signed?.size)?.at ?? heads.data?.[0]?.at;
  return (
    <section className={css.card} aria-labelledby="ledger-head">
      <h2 id="ledger-head">{t('ledger.head')}</h2>
      <dl className={css.facts}>
        <Fact name={t('ledger.size')} wide={false}>
          <b className={css.size}>{signed ? signed.size.toLocaleString('en-US') : t('ledger.head.none')}</b>
        </Fact>
        <Fact name={t('ledger.signed')} wide={false}>
          {at ? dateTime(at) : '—'} <small>{t('ledger.signed.clock')}</small>
        </Fact>
        <Fact name={t('ledger.origin')}>
          <code>{signed?.origin ?? '—'}</code>
        </Fact>
        <Fact name={t('ledger.root')}>
          <code>{signed ? short(signed.root) : '—'}</code>
        </Fact>
        <Fact name={t('ledger.key')}>
          <code>{key.trim()}</code>
        </Fact>
        <Fact name={t('ledger.kept')}>
          {kept
            ? t('ledger.kept.at', { n: kept.head.size, time: dateTime(new Date(kept.at).toISOString()) })
            : t('ledger.kept.none')}
        </Fact>
      </dl>
    </section>
  );
}

function Fact({ name, wide = true, children }: { name: string; wide?: boolean; children: React.ReactNode }) {
  return (
    <div className={wide ? css.wide : undefined}>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
