/** Every version that was ever in force, by whom, and the way back to it. */
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { rollBack, versionsQuery } from '@/api/admin';
import type { DefinitionView } from '@/api/contract';
import { isProblem } from '@/api/problem';
import { t } from '@/i18n';
import { dateTime } from '@/i18n/format';
import { ProblemState } from '@/records/ProblemState';
import { problemText } from '@/records/problemText';
import { Button } from '@/ui/Button';
import desk from '@/ui/desk.module.css';
import { Sheet } from '@/ui/Sheet';
import { Skeleton } from '@/ui/State';
import { Tag } from '@/ui/Tag';
import { toast } from '@/ui/toast';

export function Versions({
  name,
  present,
  mayGoBack,
  onDone,
}: {
  name: string;
  present: number;
  mayGoBack: boolean;
  onDone: () => void;
}) {
  const versions = useQuery(versionsQuery('role', name));
  const [back, setBack] = useState<DefinitionView | null>(null);
  return (
    <>
      {versions.isPending && <Skeleton rows={3} label={t('loading')} />}
      {versions.error && <ProblemState error={versions.error} retry={() => void versions.refetch()} />}
      <ul className={desk.list}>
        {versions.data?.map((version) => (
          <li key={version.version} className={desk.item}>
            <div className={desk.words}>
              <p className={desk.line}>
                <b>{t('versions.number', { n: version.version })}</b>
                {version.state === 'published' && <Tag tone="jade">{t('versions.now')}</Tag>}
              </p>
              <p className={desk.meta}>
                {dateTime(version.published_at)} · {version.published_by_name ?? t('timeline.system')} ·{' '}
                {t('versions.hash', { hash: version.hash.slice(0, 12) })}
              </p>
            </div>
            {mayGoBack && version.state !== 'published' && (
              <Button small onClick={() => setBack(version)}>
                {t('versions.back')}
              </Button>
            )}
          </li>
        ))}
      </ul>
      {back && (
        <BackSheet
          name={name}
          to={back}
          present={present}
          onClose={() => setBack(null)}
          onDone={() => {
            setBack(null);
            onDone();
          }}
        />
      )}
    </>
  );
}

function BackSheet({
  name,
  to,
  present,
  onClose,
  onDone,
}: {
  name: string;
  to: DefinitionView;
  present: number;
  onClose: () => void;
  onDone: () => void;
}) {
  const run = useMutation({
    mutationFn: () => rollBack('role', name, to.version, present),
    onSuccess: ({ version }) => {
      toast(t('versions.done', { to: to.version, version }));
      onDone();
    },
  });
  return (
    <Sheet
      title={t('versions.ask', { n: to.version })}
      closeWord={t('close')}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{t('cancel')}</Button>
          {isProblem(run.error, 'definition_changed') ? (
            <Button look="primary" onClick={onDone}>
              {t('roles.take_theirs')}
            </Button>
          ) : (
            <Button look="primary" busy={run.isPending} onClick={() => run.mutate()}>
              {t('versions.back')}
            </Button>
          )}
        </>
      }
    >
      <p>{t('versions.why')}</p>
      {run.error && (
        <p className={desk.alert} role="alert">
          {problemText(run.error)}
        </p>
      )}
    </Sheet>
  );
}
