/** What this screen is for, in three sentences; the keys; and the tour again. */
import { useRouterState } from '@tanstack/react-router';
import { type Key, t } from '@/i18n';
import { Button } from '@/ui/Button';
import { Sheet } from '@/ui/Sheet';
import { useDesktop } from '@/ui/useMedia';
import { show } from '../overlays';
import { COMMAND } from '../useShellKeys';
import css from './help.module.css';
import { helpFor } from './screens';

const keys: [string[], Key][] = [
  [[COMMAND, 'K'], 'palette.title'],
  [['?'], 'help.open'],
  [['/'], 'keys.search'],
  [['j', 'k'], 'keys.move'],
  [['e'], 'keys.edit'],
  [['c'], 'keys.create'],
];

export function HelpSheet({ onClose }: { onClose: () => void }) {
  const path = useRouterState({ select: (state) => state.location.pathname });
  const desktop = useDesktop();
  return (
    <Sheet
      title={t('help.title')}
      closeWord={t('close')}
      onClose={onClose}
      footer={<Button onClick={() => show('tour')}>{t('tour.again')}</Button>}
    >
      <ol className={css.sentences}>
        {t(helpFor(path))
          .split('\n')
          .map((sentence) => (
            <li key={sentence}>{sentence}</li>
          ))}
      </ol>
      {desktop && (
        <section>
          <h3 className={css.heading}>{t('keys.title')}</h3>
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
        </section>
      )}
    </Sheet>
  );
}
