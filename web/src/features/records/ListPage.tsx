/** The list of one object: views as tabs, chips, search, sort; cards on a phone, a table with a side panel on a desktop. */
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { getRouteApi, Link, useNavigate, useRouter } from '@tanstack/react-router';
import { lazy, Suspense, useEffect, useId, useMemo, useRef, useState } from 'react';
import type { KedunRecord, ObjectDef } from '@/api/contract';
import { preferencesQuery } from '@/api/preferences';
import { isGone } from '@/api/problem';
import { MOST_FOUND, objectQuery, recordsQuery, searchQuery } from '@/api/queries';
import { say, sayMany, sayOne, saySome, t, withWords } from '@/i18n';
import { phoneField } from '@/records/contact';
import { both, noChips, parseChips, splitPersonal, toFilter } from '@/records/filter';
import { useFollowable } from '@/records/followup/useFollowable';
import { columnsOf, type Layout, useLayout } from '@/records/list/columns';
import { FilterChips } from '@/records/list/FilterChips';
import { listQuestion } from '@/records/list/query';
import { parseSort, viewSort } from '@/records/list/sort';
import { BIN, baseView, isSaved, useSavedViews } from '@/records/list/views';
import { ProblemState } from '@/records/ProblemState';
import { allFields } from '@/records/systemFields';
import { titleOf } from '@/records/title';
import { Button, IconButton } from '@/ui/Button';
import { Icon } from '@/ui/Icon';
import { Skeleton } from '@/ui/State';
import { TabPanel } from '@/ui/Tabs';
import { toast } from '@/ui/toast';
import { useDebounced } from '@/ui/useDebounced';
import { useDesktop } from '@/ui/useMedia';
import { ListBody } from './ListBody';
import css from './ListPage.module.css';
import { type ListSearch, listMemory } from './listMemory';
import { SortSelect } from './SortSelect';
import { useListKeys } from './useListKeys';
import { rememberView, useOpening } from './useOpening';
import { ViewTabs } from './ViewTabs';

// What opens over or beside the list is not needed to see it.
const SidePanel = lazy(withWords(async () => ({ default: (await import('./SidePanel')).SidePanel })));
const RecycleBin = lazy(withWords(async () => ({ default: (await import('./RecycleBin')).RecycleBin })));
const KeysSheet = lazy(async () => ({ default: (await import('./KeysSheet')).KeysSheet }));
const ColumnsSheet = lazy(async () => ({
  default: (await import('@/records/list/ColumnsSheet')).ColumnsSheet,
}));
const BatchSheet = lazy(
  withWords(async () => ({ default: (await import('@/records/actions/BatchSheet')).BatchSheet })),
);
const ExportSheet = lazy(async () => ({
  default: (await import('@/records/actions/ExportSheet')).ExportSheet,
}));
const FollowUpSheet = lazy(async () => ({
  default: (await import('@/records/followup/FollowUpSheet')).FollowUpSheet,
}));

const route = getRouteApi('/app/records/$object');

export function ListPage() {
  const { object: name } = route.useParams();
  const { view } = route.useSearch();
  const object = useQuery(objectQuery(name));
  const preferences = useQuery(preferencesQuery);
  if (object.isPending || (isSaved(view) && preferences.isPending)) return <Skeleton label={t('loading')} />;
  if (!object.data || isGone(object.error))
    return <ProblemState error={object.error} retry={() => object.refetch()} />;
  return <List key={name} object={object.data} />;
}

function List({ object }: { object: ObjectDef }) {
  const search = route.useSearch();
  const navigate = useNavigate({ from: '/records/$object' });
  const router = useRouter();
  const desktop = useDesktop();
  const panelId = useId();
  const memory = listMemory(object.name);
  const views = useSavedViews(object.name);
  const [q, setQText] = useState(memory.q);
  const [personal, setPersonal] = useState(memory.personal);
  const [sheet, setSheet] = useState<'columns' | 'export' | 'keys' | 'batch' | null>(null);
  const [writing, setWriting] = useState<KedunRecord | null>(null);
  const [at, setAt] = useState(-1);
  const followable = useFollowable(object);

  const saved = views.find((item) => item.key === search.view);
  const view = baseView(object, saved, search.view);
  // For whoever may take something out of it; for others the address means the list.
  const bin = search.view === BIN && object.verbs.includes('restore');
  const tab = bin ? BIN : (saved?.key ?? view?.name ?? '');
  const sort = parseSort(search.sort) ?? parseSort(saved?.sort) ?? viewSort(view?.sort);
  // An address that names a saved view and no conditions means the view's own.
  const open = search.f ? parseChips(search.f) : (saved?.chips ?? noChips);
  const chips = { match: open.match, conditions: [...open.conditions, ...personal] };
  const filter = toFilter(chips);
  const [layout, setLayout] = useLayout(object.name, tab);
  const columns = useMemo(() => columnsOf(object, layout.names, view?.columns), [object, layout.names, view]);
  useReturn(search);

  const page = useInfiniteQuery({
    ...recordsQuery(object.name, listQuestion(view, filter, sort)),
    enabled: !bin,
  });
  const wanted = useDebounced(bin ? '' : q.trim(), 250);
  const found = useQuery(searchQuery(object.name, wanted));
  const searching = !bin && wanted.length > 0;
  const listed = useMemo(() => page.data?.pages.flatMap((item) => item.records) ?? [], [page.data]);
  const records = bin ? [] : searching ? (found.data?.results ?? []).map((hit) => hit.record) : listed;
  const plain = search.view === undefined && filter === undefined && !searching;
  const opening = useOpening(object, plain && page.data !== undefined && listed.length === 0);
  const count = page.data?.pages[0]?.count;

  function setQ(text: string) {
    memory.q = text;
    setQText(text);
  }
  function openRecord(record: KedunRecord | undefined) {
    if (!record) return;
    // Back closes the panel that a click opened; going on to the next row adds nothing to go back through.
    if (desktop)
      void navigate({
        search: (old) => ({ ...old, open: record.id }),
        replace: search.open !== undefined,
        resetScroll: false,
        state: (old) => ({ ...old, panel: old.panel ?? search.open === undefined }),
      });
    else void navigate({ to: '/records/$object/$id', params: { object: object.name, id: record.id } });
  }
  function closePanel() {
    if (router.state.location.state.panel) router.history.back();
    else void navigate({ search: ({ open: _open, ...old }) => old, replace: true, resetScroll: false });
  }
  function setColumns(next: Layout | null, undoable: boolean) {
    const before = layout;
    setLayout(next);
    if (undoable)
      toast(t('columns.reordered'), 'done', {
        label: t('undo'),
        run: () => setLayout(before.names ? before : null),
      });
  }
  function pick(key: string) {
    setAt(-1);
    setQ('');
    // Nobody begins a day in the bin.
    if (key !== BIN) rememberView(object.name, key);
    // Between views of the definition one takes one's conditions along; one's own view has its own.
    const fresh = isSaved(key) || saved !== undefined || key === BIN;
    void navigate({
      search: ({ open: _open, ...old }) => (fresh ? { view: key } : { ...old, view: key }),
      replace: true,
    });
  }
  const sorting = (
    <SortSelect
      object={object}
      sort={sort?.[0]}
      onChange={(next) => void navigate({ search: (old) => ({ ...old, sort: next }), replace: true })}
    />
  );
  const everywhere = t('search.everywhere', { object: saySome(object.label) });
  const mayCreate = object.verbs.includes('create');
  // Who owns none, as a manager does, has all that they may see in another view.
  const wider = tab === 'all' ? undefined : object.views.find((one) => one.name === 'all');
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
            {count && !searching && !bin && (
              <span className={css.count}>
                {t(count.capped ? 'list.count_capped' : 'list.count', { n: count.value })}
              </span>
            )}
            <span className={css.grow} />
            {desktop && (
              <IconButton icon="keyboard" label={t('keys.title')} onClick={() => setSheet('keys')} />
            )}
            {desktop && !bin && (
              <IconButton icon="columns" label={t('columns.title')} onClick={() => setSheet('columns')} />
            )}
            {!bin && (object.verbs.includes('transfer') || object.verbs.includes('share')) && (
              <IconButton icon="transfer" label={t('batch.open')} onClick={() => setSheet('batch')} />
            )}
            {/* An export is of a view: over hits it would take something else than what is on screen. */}
            {!searching && !bin && object.verbs.includes('export') && (
              <IconButton icon="exports" label={t('action.export')} onClick={() => setSheet('export')} />
            )}
            {mayCreate && desktop && (
              <Button look="primary" icon="plus" onClick={create}>
                {t('list.new', { object: sayOne(object.label) })}
              </Button>
            )}
          </div>
          <div className={css.searchRow} hidden={bin}>
            <label className={css.search}>
              <Icon name="search" size={18} />
              <span className="sr">{t('list.search', { object: sayMany(object.label) })}</span>
              <input
                type="search"
                data-list-search=""
                autoComplete="off"
                enterKeyHint="search"
                placeholder={t(phoneField(object) ? 'list.search.placeholder' : 'list.search.name')}
                value={q}
                onChange={(event) => setQ(event.target.value)}
              />
            </label>
            {desktop && !searching && sorting}
          </div>
        </header>
        <div className={css.bar}>
          <ViewTabs
            object={object}
            panel={panelId}
            views={views}
            current={tab}
            basedOn={view?.name}
            open={open}
            withheld={personal.length}
            sort={search.sort ?? saved?.sort}
            searching={searching}
            onPick={pick}
          />
          {/* A search looks everywhere and has its own order: what it does not heed must not stand over it. */}
          <div className={css.filters} hidden={searching || bin}>
            <FilterChips
              object={object}
              chips={chips}
              onChange={(next) => {
                const parts = splitPersonal(next, allFields(object));
                memory.personal = parts.personal;
                setPersonal(parts.personal);
                void navigate({
                  search: ({ f: _f, ...old }) =>
                    parts.open.length > 0 || next.match === 'any' || saved
                      ? { ...old, f: { match: next.match, conditions: parts.open } }
                      : old,
                  replace: true,
                });
              }}
            />
            {!desktop && sorting}
          </div>
          {searching && (
            <p className={css.everywhere} role="status">
              {everywhere}
              {found.data && found.data.results.length > 0 && (
                <span>
                  {t(found.data.results.length >= MOST_FOUND ? 'search.first' : 'search.found', {
                    n: found.data.results.length,
                  })}
                </span>
              )}
            </p>
          )}
        </div>
        <TabPanel id={panelId} tab={tab} {...(searching ? { label: everywhere } : {})}>
          {bin ? (
            <Suspense fallback={<Skeleton label={t('loading')} />}>
              <RecycleBin object={object} />
            </Suspense>
          ) : (
            <ListBody
              object={object}
              name={`${object.name}.${tab}`}
              columns={columns}
              frozen={layout.frozen}
              onOrder={(names) => setColumns({ names, frozen: layout.frozen }, true)}
              records={records}
              hits={searching ? found.data?.results : undefined}
              partial={searching && found.data?.partial === true}
              pending={searching ? found.isPending : page.isPending || opening}
              error={searching ? found.error : page.error}
              retry={() => void (searching ? found.refetch() : page.refetch())}
              more={!searching && page.hasNextPage ? () => void page.fetchNextPage() : undefined}
              loadingMore={page.isFetchingNextPage}
              filtered={filter !== undefined}
              searching={searching}
              sort={searching ? undefined : sort?.[0]}
              onSort={
                searching
                  ? undefined
                  : (next) =>
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
              onFollowUp={followable ? setWriting : undefined}
              create={mayCreate ? create : undefined}
              wider={wider && { label: say(wider.label), onOpen: () => pick(wider.name) }}
            />
          )}
        </TabPanel>
        {mayCreate && !desktop && (
          <Link to="/new/$object" params={{ object: object.name }} className="sr">
            {t('list.new', { object: sayOne(object.label) })}
          </Link>
        )}
      </section>
      {search.open && desktop && (
        <Suspense fallback={<Skeleton label={t('loading')} />}>
          <SidePanel key={search.open} object={object} id={search.open} onClose={closePanel} />
        </Suspense>
      )}
      <Suspense>
        {sheet === 'keys' && <KeysSheet onClose={() => setSheet(null)} />}
        {sheet === 'columns' && (
          <ColumnsSheet
            object={object}
            columns={columns}
            frozen={layout.frozen}
            onChange={(next) => setColumns(next, false)}
            onClose={() => setSheet(null)}
          />
        )}
        {sheet === 'batch' && <BatchSheet object={object} records={records} onClose={() => setSheet(null)} />}
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
      </Suspense>
    </div>
  );
}

/** Coming back to a list finds it as it was left; choosing it again while it is there makes it plain again. */
function useReturn(search: ListSearch): void {
  const { object } = route.useParams();
  const navigate = useNavigate({ from: '/records/$object' });
  const desktop = useDesktop();
  const memory = listMemory(object);
  const first = useRef(true);
  useEffect(() => {
    const kept = memory.search;
    const plain = Object.keys(search).length === 0;
    if (first.current && plain && Object.keys(kept).length > 0)
      void navigate({ search: kept, replace: true, resetScroll: false });
    else if (search.view !== BIN) memory.search = (({ open: _open, ...rest }) => rest)(search);
    first.current = false;
  }, [search, memory, navigate]);
  // A link to a record beside its list, followed on a phone, is a link to the record.
  useEffect(() => {
    if (!desktop && search.open)
      void navigate({ to: '/records/$object/$id', params: { object, id: search.open }, replace: true });
  }, [desktop, search.open, object, navigate]);
}
