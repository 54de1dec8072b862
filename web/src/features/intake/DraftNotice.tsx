/** Words from an earlier visit stand in the form: where they come from, and a way to be rid of them. */
import { useState } from 'react';
import type { FieldDef } from '@/api/contract';
import { t } from '@/i18n';
import { dropDraft, hasDraft, readDraft, writeDraft } from '@/offline/drafts';
import { Button } from '@/ui/Button';
import { Icon } from '@/ui/Icon';
import { toast } from '@/ui/toast';
import css from './intake.module.css';

type Props = {
  draft: string;
  defs: FieldDef[];
  /** The form reads its draft as it begins: it has to begin again. */
  onAgain: () => void;
};

export function DraftNotice({ draft, defs, onAgain }: Props) {
  // What is typed from here on is no news to whoever types it.
  const [was, setWas] = useState(() => hasDraft(draft));
  if (!was) return null;
  function startOver() {
    const before = readDraft(draft);
    dropDraft(draft);
    setWas(false);
    onAgain();
    toast(t('intake.cleared'), 'done', {
      label: t('undo'),
      run: () => {
        writeDraft(draft, before, defs);
        setWas(true);
        onAgain();
      },
    });
  }
  return (
    <div className={css.restored} role="status">
      <Icon name="note" size={18} />
      <span>{t('intake.restored')}</span>
      <Button look="quiet" small onClick={startOver}>
        {t('intake.start_over')}
      </Button>
    </div>
  );
}
