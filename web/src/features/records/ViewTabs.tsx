/** The views of the definition and one's own, and what can be done with one's own. */
import { useState } from 'react';
import type { ObjectDef } from '@/api/contract';
import { dropPreference } from '@/api/preferences';
import { say, t } from '@/i18n';
import type { Chips } from '@/records/filter';
import { useHere } from '@/records/form/useHere';
import { BIN, newViewKey, preferenceOf, type SavedView, sameChips, saveView } from '@/records/list/views';
import { problemText, toastProblem } from '@/records/problemText';
import { Button } from '@/ui/Button';
import { Field } from '@/ui/Field';
import { Input } from '@/ui/Input';
import { Menu, type MenuItem } from '@/ui/Menu';
import { Sheet } from '@/ui/Sheet';
import { Tabs } from '@/ui/Tabs';
import { toast } from '@/ui/toast';
import css from './ListPage.module.css';

type Props = {
  object: ObjectDef;
  panel: string;
  views: SavedView[];
  /** What is on screen: the tab, and what it shows at present. */
  current: string;
  basedOn: string | undefined;
  open: Chips;
  /** Conditions that hold customers' data; no view keeps them. */
  withheld: number;
  sort: string | undefined;
  /** A search looks beyond every view: none of them is on screen. */
  searching: boolean;
  onPick: (key: string) => void;
};

export function ViewTabs(props: Props) {
  const { object, panel, views, current, basedOn, open, withheld, sort, searching, onPick } = props;
  const [naming, setNaming] = useState<'new' | 'rename' | null>(null);
  const saved = views.find((view) => view.key === current);
  const changed = saved && (!sameChips(saved.chips, open) || saved.sort !== sort);
  const items: MenuItem[] = [];

  async function put(view: SavedView, said: string): Promise<void> {
    await saveView(object.name, view);
    toast(said);
  }
  if (saved && changed)
    items.push({
      key: 'keep',
      icon: 'check',
      label: t('view.keep', { name: saved.label }),
      run: () =>
        void put({ ...saved, chips: open, sort }, t('view.kept', { name: saved.label })).catch(toastProblem),
    });
  items.push({ key: 'new', icon: 'plus', label: t('view.save'), run: () => setNaming('new') });
  if (saved) {
    items.push({ key: 'rename', icon: 'pen', label: t('view.rename'), run: () => setNaming('rename') });
    items.push({
      key: 'drop',
      icon: 'trash',
      danger: true,
      label: t('view.drop'),
      run: () => {
        onPick(saved.basedOn ?? object.views[0]?.name ?? '');
        void dropPreference(preferenceOf(object.name, saved.key)).then(
          () =>
            toast(t('view.dropped', { name: saved.label }), 'done', {
              label: t('undo'),
              run: () => void saveView(object.name, saved).then(() => onPick(saved.key), toastProblem),
            }),
          toastProblem,
        );
      },
    });
  }
  const tabs = [
    ...object.views.map((item) => ({ key: item.name, label: say(item.label) })),
    ...views.map((item) => ({ key: item.key, label: item.label + (item === saved && changed ? ' •' : '') })),
    ...(object.verbs.includes('restore') ? [{ key: BIN, label: t('bin.title') }] : []),
  ];
  return (
    <div className={css.views}>
      {tabs.length > 1 && (
        <Tabs
          label={t('list.views')}
          panel={panel}
          tabs={tabs}
          value={searching ? null : current}
          onChange={onPick}
        />
      )}
      {!searching && current !== BIN && <Menu label={t('view.menu')} items={items} />}
      {naming && (
        <NameSheet
          first={naming === 'rename' ? (saved?.label ?? '') : ''}
          title={t(naming === 'rename' ? 'view.rename' : 'view.save')}
          note={
            naming === 'new'
              ? [t('view.note'), withheld > 0 ? t('view.withheld', { n: withheld }) : '']
                  .filter(Boolean)
                  .join(' ')
              : ''
          }
          onSave={async (label) => {
            const key = naming === 'rename' && saved ? null : newViewKey();
            if (saved && key === null) await put({ ...saved, label }, t('view.kept', { name: label }));
            else if (key !== null)
              await put({ key, label, basedOn, chips: open, sort }, t('view.saved', { name: label }));
            return key;
          }}
          onMade={onPick}
          onClose={() => setNaming(null)}
        />
      )}
    </div>
  );
}

type NameProps = {
  first: string;
  title: string;
  note: string;
  /** Answers the view that is new. */
  onSave: (label: string) => Promise<string | null>;
  onMade: (key: string) => void;
  onClose: () => void;
};

function NameSheet({ first, title, note, onSave, onMade, onClose }: NameProps) {
  const [label, setLabel] = useState(first);
  const [error, setError] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const here = useHere();
  async function save() {
    if (label.trim() === '') return setError(t('form.required'));
    setBusy(true);
    try {
      const made = await onSave(label.trim());
      if (!here.current) return;
      onClose();
      if (made !== null) onMade(made);
    } catch (problem) {
      if (!here.current) toastProblem(problem);
      setError(problemText(problem));
      setBusy(false);
    }
  }
  return (
    <Sheet
      title={title}
      closeWord={t('close')}
      onClose={onClose}
      footer={
        <Button look="primary" busy={busy} onClick={() => void save()}>
          {t('save')}
        </Button>
      }
    >
      {note && <p>{note}</p>}
      <Field id="view-name" label={t('view.name')} error={error}>
        {(control) => (
          <Input
            {...control}
            data-first=""
            value={label}
            maxLength={40}
            onChange={(event) => setLabel(event.target.value)}
            onKeyDown={(event) => {
              if (event.key === 'Enter' && !event.nativeEvent.isComposing) void save();
            }}
          />
        )}
      </Field>
    </Sheet>
  );
}
