/** The list of one object: views as tabs, chips, search, sort; cards on a phone, a table with a side panel on a desktop. */
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { useId, useMemo, useState } from 'react';
import type { KedunRecord, ObjectDef, ViewDef } from '@/api/contract';
import { objectQuery, recordsQuery, searchQuery } from '@/api/queries';
import { say, sayMany, sayOne, t } from '@/i18n';
import { ExportSheet } from '@/records/actions/ExportSheet';
import { both, parseChips, parseSort, splitPersonal, toFilter, viewSort } from '@/records/filter';
import { FollowUpSheet } from '@/records/followup/FollowUpSheet';
import { ColumnsSheet, columnsOf, storedColumns } from '@/records/list/ColumnsSheet';
import { FilterChips } from '@/records/list/FilterChips';
import { ProblemState } from '@/records/ProblemState';
import { allFields } from '@/records/systemFields';
import { titleOf } from '@/records/title';
import { Button, IconButton } from '@/ui/Button';
import { Icon } from '@/ui/Icon';
import { Skeleton } from '@/ui/State';
import { TabPanel, Tabs } from '@/ui/Tabs';
import { useDebounced } from '@/ui/useDebounced';
import { useDesktop } from '@/ui/useMedia';
import { KeysSheet } from './KeysSheet';
import { ListBody } from './ListBody';
import css from './ListPage.module.css';
import { listMemory } from './listMemory';
import { SidePanel } from './SidePanel';
import { SortSelect } from './SortSelect';
import { useListKeys } from './useListKeys';

const route = getRouteApi('/app/records/$object');

export function ListPage() {
  const { object: name } = route.useParams();
  const object = useQuery(objectQuery(name));
  if (object.isPending) return <Skeleton label={t('loading')} />;
  if (object.error) return <ProblemState error={object.error} retry={() => object.refetch()} />;
  return <List key={name} object={object.data} />;
}

function List({ object }: { object: ObjectDef }) {
  const search = route.useSearch();
  const navigate = useNavigate({ from: '/records/$object' });
  const desktop = useDesktop();
  const panelId = useId();
  const memory = listMemory(object.name);
  const [q, setQText] = useState(memory.q);
  const [personal, setPersonal] = useState(memory.personal);
  const [chosen, setChosen] = useState(() => storedColumns(object.name));
  const [sheet, setSheet] = useState<'columns' | 'export' | 'keys' | null>(null);
  const [writing, setWriting] = useState<KedunRecord | null>(null);
  const [at, setAt] = useState(-1);

  const view = object.views.find((item) => item.name === search.view) ?? firstView(object);
  const sort = parseSort(search.sort) ?? viewSort(view?.sort);
  const open = parseChips(search.f);
  const chips = { match: open.match, conditions: [...open.conditions, ...personal] };
  const filter = toFilter(chips);
  const columns = useMemo(() => columnsOf(object, chosen, view?.columns), [object, chosen, view]);

  const page = useInfiniteQuery(
    recordsQuery(object.name, {
      limit: 50,
      count: true,
      ...(view ? { view: view.name } : {}),
      ...(filter ? { filter } : {}),
      ...(sort ? { sort } : {}),
    }),
  );
  const wanted = useDebounced(q.trim(), 250);
  const found = useQuery(searchQuery(object.name, wanted));
  const searching = wanted.length > 0;
  const records = searching
    ? (found.data ?? []).map((hit) => hit.record)
    : (page.data?.pages.flatMap((item) => item.records) ?? []);
  const count = page.data?.pages[0]?.count;

  function setQ(text: string) {
    memory.q = text;
    setQText(text);
  }
  function openRecord(record: KedunRecord | undefined) {
    if (!record) return;
    if (desktop)
      void navigate({ search: (old) => ({ ...old, open: record.id }), replace: true, resetScroll: false });
    else void navigate({ to: '/records/$object/$id', params: { object: object.name, id: record.id } });
  }
  const closePanel = () =>
    void navigate({ search: ({ open: _open, ...old }) => old, replace: true, resetScroll: false });
  const mayCreate = object.verbs.includes('create');
  const create = () => void navigate({ to: '/new/$object', params: { object: object.name } });

  useListKeys({
    move: (by) => {
      const next = Math.max(0, Math.min(records.length - 1, at + by));
      setAt(next);
      if (search.open) openRecord(records[next]);
    },
    open: () => openRecord(records[at]),
    close: search.open ? closePanel : undefined,
    create: mayCreate ? create : undefined,
  });

  return (
    <div className={search.open && desktop ? css.split : css.whole}>
      <section className={css.list}>
        <header className={css.head}>
          <div className={css.titleRow}>
            <h1>{sayMany(object.label)}</h1>
            {count && !searching && (
              <span className={css.count}>
                {t(count.capped ? 'list.count_capped' : 'list.count', { n: count.value })}
              </span>
            )}
            <span className={css.grow} />
            {desktop && (
              <IconButton icon="keyboard" label={t('keys.title')} onClick={() => setSheet('keys')} />
            )}
            {desktop && (
              <IconButton icon="columns" label={t('columns.title')} onClick={() => setSheet('columns')} />
            )}
            {object.verbs.includes('export') && (
              <IconButton icon="exports" label={t('action.export')} onClick={() => setSheet('export')} />
            )}
            {mayCreate && desktop && (
              <Button look="primary" icon="plus" onClick={create}>
                {t('list.new', { object: sayOne(object.label) })}
              </Button>
            )}
          </div>
          <div className={css.searchRow}>
            <label className={css.search}>
              <Icon name="search" size={18} />
              <span className="sr">{t('list.search', { object: sayMany(object.label) })}</span>
              <input
                type="search"
                data-list-search=""
                autoComplete="off"
                enterKeyHint="search"
                placeholder={t('list.search.placeholder')}
                value={q}
                onChange={(event) => setQ(event.target.value)}
              />
            </label>
            <SortSelect
              object={object}
              sort={sort?.[0]}
              onChange={(next) => void navigate({ search: (old) => ({ ...old, sort: next }), replace: true })}
            />
          </div>
        </header>
        <div className={css.bar}>
          {object.views.length > 1 && (
            <Tabs
              label={t('list.views')}
              panel={panelId}
              tabs={object.views.map((item) => ({ key: item.name, label: say(item.label) }))}
              value={view?.name ?? ''}
              onChange={(key) => {
                setAt(-1);
                setQ('');
                void navigate({
                  search: ({ open: _open, ...old }) => ({ ...old, view: key }),
                  replace: true,
                });
              }}
            />
          )}
          {/* A search looks everywhere: chips that it does not heed must not stand over it. */}
          <div className={css.filters} hidden={searching}>
            <FilterChips
              object={object}
              chips={chips}
              onChange={(next) => {
                const parts = splitPersonal(next, allFields(object));
                memory.personal = parts.personal;
                setPersonal(parts.personal);
                void navigate({
                  search: ({ f: _f, ...old }) =>
                    parts.open.length > 0 || next.match === 'any'
                      ? { ...old, f: { match: next.match, conditions: parts.open } }
                      : old,
                  replace: true,
                });
              }}
            />
          </div>
        </div>
        <TabPanel id={panelId} tab={view?.name ?? ''}>
          <ListBody
            object={object}
            columns={columns}
            records={records}
            hits={searching ? found.data : undefined}
            pending={searching ? found.isPending : page.isPending}
            error={searching ? found.error : page.error}
            retry={() => void (searching ? found.refetch() : page.refetch())}
            more={!searching && page.hasNextPage ? () => void page.fetchNextPage() : undefined}
            loadingMore={page.isFetchingNextPage}
            filtered={filter !== undefined}
            searching={searching}
            sort={sort?.[0]}
            onSort={(next) =>
              void navigate({
                search: (old) => ({ ...old, sort: `${next.dir === 'desc' ? '-' : ''}${next.field}` }),
                replace: true,
              })
            }
            at={at}
            open={search.open}
            onOpen={(record, index) => {
              setAt(index);
              openRecord(record);
            }}
            onFollowUp={setWriting}
            create={mayCreate ? create : undefined}
          />
        </TabPanel>
        {mayCreate && !desktop && (
          <Link to="/new/$object" params={{ object: object.name }} className="sr">
            {t('list.new', { object: sayOne(object.label) })}
          </Link>
        )}
      </section>
      {search.open && desktop && (
        <SidePanel key={search.open} object={object} id={search.open} onClose={closePanel} />
      )}
      {sheet === 'keys' && <KeysSheet onClose={() => setSheet(null)} />}
      {sheet === 'columns' && (
        <ColumnsSheet object={object} columns={columns} onChange={setChosen} onClose={() => setSheet(null)} />
      )}
      {sheet === 'export' && (
        <ExportSheet
          object={object}
          columns={columns}
          filter={both(view?.filter ?? undefined, filter)}
          onDone={() => void navigate({ to: '/exports' })}
          onClose={() => setSheet(null)}
        />
      )}
      {writing && (
        <FollowUpSheet
          target={{ object: object.name, id: writing.id, title: titleOf(writing) }}
          onClose={() => setWriting(null)}
        />
      )}
    </div>
  );
}

/** Who creates none owns none: their first look is at everything they were given. */
function firstView(object: ObjectDef): ViewDef | undefined {
  const all = object.views.find((view) => view.name === 'all');
  return (object.verbs.includes('create') ? undefined : all) ?? object.views[0];
}
