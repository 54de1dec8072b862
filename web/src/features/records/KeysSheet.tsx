/** Which key does what in a list; useListKeys is where they do it. */
import { type Key, t } from '@/i18n';
import { Sheet } from '@/ui/Sheet';
import css from './ListPage.module.css';

const keys: [string[], Key][] = [
  [['j', 'k'], 'keys.move'],
  [['Enter'], 'keys.open'],
  [['/'], 'keys.search'],
  [['e'], 'keys.edit'],
  [['c'], 'keys.create'],
  [['Esc'], 'keys.close'],
];

export function KeysSheet({ onClose }: { onClose: () => void }) {
  return (
    <Sheet title={t('keys.title')} closeWord={t('close')} onClose={onClose}>
      <dl className={css.keys}>
        {keys.map(([names, what]) => (
          <div key={what}>
            <dt>
              {names.map((name) => (
                <kbd key={name}>{name}</kbd>
              ))}
            </dt>
            <dd>{t(what)}</dd>
          </div>
        ))}
      </dl>
    </Sheet>
  );
}
