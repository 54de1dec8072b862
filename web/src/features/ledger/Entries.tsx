/** The entries, newest first, for who may read them; each can be proved to be what was signed. */
import { useInfiniteQuery } from '@tanstack/react-query';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import type { Entry } from '@/api/contract';
import { entriesQuery } from '@/api/queries';
import { t, tCode } from '@/i18n';
import { exact } from '@/i18n/format';
import { NextProblem } from '@/records/NextProblem';
import { ProblemState } from '@/records/ProblemState';
import { Button } from '@/ui/Button';
import { Icon } from '@/ui/Icon';
import { Select } from '@/ui/Input';
import { Skeleton, State } from '@/ui/State';
import { Tag, type Tone } from '@/ui/Tag';
import { useDesktop } from '@/ui/useMedia';
import { actions } from './actions';
import { EntrySheet } from './EntrySheet';
import css from './ledger.module.css';

const route = getRouteApi('/app/ledger');
export type LedgerSearch = { action?: string | undefined; actor?: number | undefined };
export const outcomes: Record<Entry['decision'], Tone> = {
  allowed: 'jade',
  denied: 'cinnabar',
  system: 'grey',
};
/** Names of fields, in words where there are some. */
export const fieldWords = (names: string[]) =>
  names.map((name) => tCode('alerts.field', name)).join(t('list.comma'));
/** Enough of a pseudonym to tell two people apart. */
export const shortName = (pseudonym: string) => pseudonym.slice(0, 8);

export function Entries({ auditor }: { auditor: boolean }) {
  return (
    <section className={css.entries} aria-labelledby="ledger-entries">
      <h2 id="ledger-entries">{t('ledger.entries')}</h2>
      {auditor ? (
        <List />
      ) : (
        <State
          small
          icon="lock"
          title={t('ledger.entries.forbidden')}
          why={t('ledger.entries.forbidden.why')}
        />
      )}
    </section>
  );
}

function List() {
  const { action, actor } = route.useSearch();
  const navigate = useNavigate({ from: '/ledger' });
  const desktop = useDesktop();
  const page = useInfiniteQuery(entriesQuery({ action, actor_of: actor }));
  const [picked, setPicked] = useState<Entry | null>(null);
  const entries = page.data?.pages.flatMap((part) => part.entries) ?? [];
  const go = (part: LedgerSearch) =>
    void navigate({ search: (old) => ({ ...old, ...part }), replace: true, resetScroll: false });
  return (
    <>
      <p className={css.quiet}>{t('ledger.entries.note')}</p>
      <div className={css.filters}>
        <Select
          aria-label={t('ledger.filter.action')}
          value={action ?? ''}
          onChange={(event) => go({ action: event.target.value || undefined })}
        >
          <option value="">{t('ledger.filter.any')}</option>
          {actions.map((code) => (
            <option key={code} value={code}>
              {tCode('ledger.act', code)}
            </option>
          ))}
        </Select>
        {actor !== undefined && (
          <button type="button" className={css.chip} onClick={() => go({ actor: undefined })}>
            {entries[0]
              ? t('ledger.filter.actor.on', { actor: shortName(entries[0].actor) })
              : t('ledger.filter.actor')}
            <Icon name="close" size={16} />
            <span className="sr">{t('remove')}</span>
          </button>
        )}
      </div>
      {page.isPending && <Skeleton label={t('loading')} />}
      {page.error && entries.length === 0 && (
        <ProblemState error={page.error} retry={() => page.refetch()} small />
      )}
      {page.data && entries.length === 0 && (
        <State small icon="search" title={t('ledger.entries.empty')} why={t('ledger.entries.empty.why')} />
      )}
      {entries.length > 0 && (desktop ? <Table entries={entries} onOpen={setPicked} /> : null)}
      {!desktop && (
        <ul className={css.rows}>
          {entries.map((entry) => (
            <li key={entry.id}>
              <button type="button" className={css.row} onClick={() => setPicked(entry)}>
                <span className={css.line}>
                  <b>{tCode('ledger.act', entry.action)}</b>
                  {entry.decision !== 'allowed' && <Outcome of={entry.decision} />}
                  <code>{entry.seq}</code>
                </span>
                <span className={css.meta}>
                  {exact(entry.at)} · <code>{shortName(entry.actor)}</code>
                  {entry.object && ` · ${tCode('register.object', entry.object)}`}
                </span>
              </button>
            </li>
          ))}
        </ul>
      )}
      <NextProblem page={page} />
      {page.hasNextPage && (
        <div className={css.more}>
          <Button busy={page.isFetchingNextPage} onClick={() => void page.fetchNextPage()}>
            {t('ledger.entries.more')}
          </Button>
        </div>
      )}
      {picked && (
        <EntrySheet
          entry={picked}
          onClose={() => setPicked(null)}
          onActor={
            actor === undefined
              ? () => {
                  setPicked(null);
                  if (picked.seq !== null) go({ actor: picked.seq });
                }
              : undefined
          }
        />
      )}
    </>
  );
}

export function Outcome({ of }: { of: Entry['decision'] }) {
  return <Tag tone={outcomes[of]}>{t(`ledger.decision.${of}`)}</Tag>;
}

function Table({ entries, onOpen }: { entries: Entry[]; onOpen: (entry: Entry) => void }) {
  const columns = ['seq', 'at', 'action', 'object', 'fields', 'actor', 'decision'] as const;
  return (
    <table className={css.table}>
      <thead>
        <tr>
          {columns.map((column) => (
            <th key={column} scope="col">
              {t(`ledger.col.${column}`)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {entries.map((entry) => (
          <tr key={entry.id}>
            <td>
              <button
                type="button"
                aria-label={t('ledger.entry.open', { n: entry.seq ?? 0 })}
                onClick={() => onOpen(entry)}
              >
                {entry.seq}
              </button>
            </td>
            <td>{exact(entry.at)}</td>
            <td>
              {tCode('ledger.act', entry.action)}
              {entry.count !== null && entry.count > 1 && <small> ×{entry.count}</small>}
            </td>
            <td>{entry.object && tCode('register.object', entry.object)}</td>
            <td>{fieldWords(entry.fields)}</td>
            <td>
              <code>{shortName(entry.actor)}</code>
            </td>
            <td>
              <Outcome of={entry.decision} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
