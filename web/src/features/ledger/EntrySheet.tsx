/** One entry, and on demand the proof that it is in the signed log exactly as it is shown. */
import { useMutation } from '@tanstack/react-query';
import type { Entry } from '@/api/contract';
import { t, tCode } from '@/i18n';
import { exact } from '@/i18n/format';
import { type Proved, proveEntry } from '@/ledger/entryProof';
import { saveText } from '@/ledger/save';
import { problemText } from '@/records/problemText';
import { Button } from '@/ui/Button';
import { Icon } from '@/ui/Icon';
import { Sheet } from '@/ui/Sheet';
import { fieldWords, Outcome, shortName } from './Entries';
import css from './ledger.module.css';

type Props = { entry: Entry; onClose: () => void; onActor: (() => void) | undefined };

export function EntrySheet({ entry, onClose, onActor }: Props) {
  const place = entry.seq ?? 0;
  const prove = useMutation({ mutationFn: () => proveEntry(place) });
  const proved = prove.data;
  const refused = prove.isSuccess && proved === null;
  const shown = proved ? signedAs(entry, proved) : entry;
  return (
    <Sheet
      title={t('ledger.entry', { n: place })}
      closeWord={t('close')}
      onClose={onClose}
      footer={
        proved ? (
          <Button icon="download" onClick={() => saveText(`entry-${place}.tlog-proof`, proved.proof)}>
            {t('ledger.proof.save')}
          </Button>
        ) : (
          <Button look="primary" icon="approvals" busy={prove.isPending} onClick={() => prove.mutate()}>
            {t('ledger.prove')}
          </Button>
        )
      }
    >
      <div role="status" className={css.verdict}>
        {prove.error && <p className={css.failed}>{problemText(prove.error)}</p>}
        {refused && (
          <p className={css.bad} role="alert">
            <Icon name="alert" size={20} />
            {t('ledger.unproved')}
          </p>
        )}
        {proved && (
          <p className={css.ok}>
            <Icon name="check" size={20} />
            {t('ledger.proved', { n: proved.head.size })}
          </p>
        )}
        {proved && differs(entry, proved) && (
          <p className={css.bad} role="alert">
            <Icon name="alert" size={20} />
            {t('ledger.shown_differs')}
          </p>
        )}
      </div>
      <dl className={css.pairs}>
        <Pair name={t('ledger.col.action')}>
          {tCode('ledger.act', shown.action)} <code>{shown.action}</code>
        </Pair>
        <Pair name={t('ledger.col.at')}>{exact(shown.at)}</Pair>
        <Pair name={t('ledger.col.decision')}>
          <Outcome of={shown.decision} />
        </Pair>
        <Pair name={t('ledger.col.actor')}>
          <code>{shortName(shown.actor)}</code>
          {onActor && (
            <Button look="link" onClick={onActor}>
              {t('ledger.filter.actor')}
            </Button>
          )}
        </Pair>
        {shown.object && <Pair name={t('ledger.col.object')}>{tCode('register.object', shown.object)}</Pair>}
        {shown.reference && (
          <Pair name={t('ledger.entry.record')}>
            <code>{shown.reference.slice(0, 16)}</code>
          </Pair>
        )}
        {shown.fields.length > 0 && <Pair name={t('ledger.col.fields')}>{fieldWords(shown.fields)}</Pair>}
        {shown.purpose && <Pair name={t('ledger.entry.purpose')}>{tCode('purpose', shown.purpose)}</Pair>}
        {shown.count !== null && <Pair name={t('ledger.entry.count')}>{shown.count}</Pair>}
        <Pair name={t('ledger.entry.id')}>
          <code>{entry.id}</code>
        </Pair>
      </dl>
    </Sheet>
  );
}

function Pair({ name, children }: { name: string; children: React.ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

/** What was signed stands in place of what the list said. */
function signedAs(entry: Entry, { entry: signed }: Proved): Entry {
  return { ...entry, ...signed, id: entry.id, at: new Date(signed.at).toISOString() };
}

function differs(entry: Entry, proved: Proved): boolean {
  const signed = signedAs(entry, proved);
  const members = ['action', 'decision', 'actor', 'object', 'reference', 'purpose', 'count'] as const;
  return (
    members.some((name) => signed[name] !== entry[name]) ||
    signed.fields.join() !== entry.fields.join() ||
    Date.parse(signed.at) !== Date.parse(entry.at)
  );
}
