/** ⌘K: one line that finds records, pages and actions. A combobox, so that a reader hears what the arrows pick. */
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { type KeyboardEvent, useContext, useEffect, useId, useRef, useState } from 'react';
import { objectsQuery, searchEverywhereQuery } from '@/api/queries';
import { type Key, say, t, tCode } from '@/i18n';
import { problemText } from '@/records/problemText';
import { titleOf } from '@/records/title';
import { IconButton } from '@/ui/Button';
import { cx } from '@/ui/cx';
import { Icon } from '@/ui/Icon';
import { SheetOverlay } from '@/ui/Sheet';
import { Toasts } from '@/ui/toast';
import { useDebounced } from '@/ui/useDebounced';
import { useModal } from '@/ui/useModal';
import { iconOf } from '../useNav';
import { type Entry, fits, useActions, usePages } from './entries';
import css from './palette.module.css';
import { type Recent, recents, remember } from './recent';

const keys: [string, Key][] = [
  ['↑ ↓', 'palette.move'],
  ['↵', 'palette.go'],
  ['Esc', 'close'],
];

type Group = { key: string; title: string; entries: Entry[] };

export function Palette({ onClose }: { onClose: () => void }) {
  const list = useRef<HTMLDivElement>(null);
  const overlay = useContext(SheetOverlay);
  const modal = useModal({ onClose });
  const id = useId();
  const [q, setQ] = useState('');
  const [at, setAt] = useState(0);
  const wanted = useDebounced(q.trim(), 200);
  const { groups, searching, error } = useGroups(q.trim(), wanted);
  const entries = groups.flatMap((group) => group.entries);
  const picked = entries[Math.min(at, entries.length - 1)];

  useEffect(() => {
    list.current?.querySelector('[aria-selected=true]')?.scrollIntoView({ block: 'nearest' });
  });

  function run(entry: Entry | undefined) {
    if (!entry) return;
    onClose();
    entry.run();
  }
  function press(event: KeyboardEvent) {
    // While somebody composes pinyin, Enter and the arrows belong to the input method.
    if (event.nativeEvent.isComposing) return;
    const last = entries.length - 1;
    const from = Math.min(at, last);
    if (event.key === 'ArrowDown') setAt(from >= last ? 0 : from + 1);
    else if (event.key === 'ArrowUp') setAt(from <= 0 ? Math.max(last, 0) : from - 1);
    else if (event.key === 'Enter') run(picked);
    else return;
    event.preventDefault();
  }

  const nothing = q.trim() !== '' && entries.length === 0 && !searching && !error;
  return (
    <dialog {...modal} className={css.palette} aria-label={t('palette.title')}>
      <div className={css.inner}>
        <div className={css.line}>
          <Icon name="search" />
          <input
            className={css.input}
            type="text"
            role="combobox"
            aria-expanded="true"
            aria-autocomplete="list"
            aria-controls={`${id}-list`}
            aria-activedescendant={picked && `${id}-${picked.key}`}
            aria-label={t('palette.title')}
            placeholder={t('palette.placeholder')}
            autoComplete="off"
            autoCorrect="off"
            spellCheck={false}
            enterKeyHint="go"
            maxLength={100}
            value={q}
            onChange={(event) => {
              setQ(event.target.value);
              setAt(0);
            }}
            onKeyDown={press}
          />
          <IconButton icon="close" label={t('close')} onClick={onClose} />
        </div>
        <div ref={list} id={`${id}-list`} role="listbox" aria-label={t('palette.title')} className={css.list}>
          {groups.map((group) => (
            // biome-ignore lint/a11y/useSemanticElements: a group of options inside a listbox
            <div key={group.key} role="group" aria-labelledby={`${id}-g-${group.key}`}>
              <p id={`${id}-g-${group.key}`} className={css.group} role="presentation">
                {group.title}
              </p>
              {group.entries.map((entry) => (
                <div
                  key={entry.key}
                  id={`${id}-${entry.key}`}
                  role="option"
                  // The focus stays in the line; this is its active descendant.
                  tabIndex={-1}
                  aria-selected={entry === picked}
                  className={cx(css.option, entry === picked && css.picked)}
                  onPointerMove={() => setAt(entries.indexOf(entry))}
                  onClick={() => run(entry)}
                  onKeyDown={press}
                >
                  <Icon name={entry.icon} />
                  <span className={css.label}>{entry.label}</span>
                  {entry.hint && <span className={css.hint}>{entry.hint}</span>}
                </div>
              ))}
            </div>
          ))}
        </div>
        <p className={css.said} role="status">
          {error
            ? problemText(error)
            : searching
              ? t('palette.searching')
              : nothing
                ? t('palette.none')
                : null}
        </p>
        <p className="sr" role="status">
          {!searching && q.trim() !== '' && entries.length > 0 && t('palette.found', { n: entries.length })}
        </p>
        <p className={css.foot} aria-hidden="true">
          {keys.map(([name, what]) => (
            <span key={name}>
              <kbd>{name}</kbd> {t(what)}
            </span>
          ))}
        </p>
      </div>
      {overlay}
      <Toasts />
    </dialog>
  );
}

function useGroups(q: string, wanted: string): { groups: Group[]; searching: boolean; error: Error | null } {
  const navigate = useNavigate();
  const objects = useQuery(objectsQuery);
  const found = useQuery(searchEverywhereQuery(wanted));
  const pages = usePages();
  const actions = useActions();

  const open = (object: string, id: string, title: string): Entry => {
    const ref = objects.data?.find((item) => item.name === object);
    return {
      key: `record:${id}`,
      icon: ref ? iconOf(ref) : 'box',
      label: title,
      hint: ref && say(ref.label),
      run: () => {
        remember({ kind: 'record', object, id, title });
        void navigate({ to: '/records/$object/$id', params: { object, id } });
      },
    };
  };
  const kept = (entry: Entry): Entry => ({
    ...entry,
    run: () => {
      remember({ kind: 'entry', key: entry.key });
      entry.run();
    },
  });
  const groups: Group[] = [];
  const add = (key: string, title: string, entries: Entry[]) => {
    if (entries.length > 0) groups.push({ key, title, entries });
  };

  if (q === '') {
    const again = (item: Recent): Entry[] => {
      if (item.kind === 'record') return [open(item.object, item.id, item.title)];
      const entry = [...pages, ...actions].find((other) => other.key === item.key);
      return entry ? [{ ...kept(entry), key: `recent:${entry.key}` }] : [];
    };
    add('recent', t('palette.recent'), recents().flatMap(again));
    add('pages', t('palette.pages'), pages.map(kept));
    add('actions', t('palette.actions'), actions.map(kept));
    return { groups, searching: false, error: null };
  }
  // Until it is asked, what was found is what the word before it found: Enter would open one of those.
  const hits = (q === wanted ? (found.data?.results ?? []) : []).map((hit) => {
    const entry = open(hit.record.object, hit.record.id, titleOf(hit.record));
    return { ...entry, hint: [entry.hint, tCode('matched', hit.matched)].filter(Boolean).join(' · ') };
  });
  add('pages', t('palette.pages'), pages.filter((entry) => fits(entry, q)).map(kept));
  add('actions', t('palette.actions'), actions.filter((entry) => fits(entry, q)).map(kept));
  add('records', t('palette.records'), hits);
  return { groups, searching: q !== wanted || found.isFetching, error: found.error };
}
