/** The versions of a definition, with the way back. */
import { useMutation, useQuery } from '@tanstack/react-query';
import { publish, rollBack, versionsQuery } from '@/api/admin';
import { t } from '@/i18n';
import { dateTime } from '@/i18n/format';
import { problemText } from '@/records/problemText';
import { Button } from '@/ui/Button';
import desk from '@/ui/desk.module.css';
import { toast } from '@/ui/toast';
import css from './settings.module.css';

export function Past({
  name,
  present,
  mayPublish,
  done,
  onDone,
}: {
  name: 'alerts' | 'company';
  present: number;
  mayPublish: boolean;
  done: (version: number) => string;
  onDone: () => void;
}) {
  const versions = useQuery(versionsQuery('rules', name));
  const back = useMutation({
    // What the product brings is no version that was published; it is published anew.
    mutationFn: (to: number) =>
      to === 0 ? publish('rules', name, {}, present) : rollBack('rules', name, to, present),
    onSuccess: ({ version }) => toast(done(version + 1)),
    onSettled: onDone,
  });
  if (!versions.data || versions.data.length < 2) return null;
  // The product brings no company: once customers were told of one there is no way back to none.
  const returns = (version: number) => version !== present && (version > 0 || name === 'alerts');
  return (
    <details>
      <summary className={css.summary}>{t('settings.past', { n: versions.data.length })}</summary>
      <ul className={desk.list}>
        {versions.data.map((version) => (
          <li key={version.version} className={desk.item}>
            <div className={desk.words}>
              <b>{t('versions.number', { n: version.version + 1 })}</b>
              <span className={desk.meta}>
                {version.version === 0
                  ? t('settings.brought')
                  : `${dateTime(version.published_at)} · ${version.published_by_name ?? ''}`}
              </span>
            </div>
            {mayPublish && returns(version.version) && (
              <Button small busy={back.isPending} onClick={() => back.mutate(version.version)}>
                {t('versions.back')}
              </Button>
            )}
          </li>
        ))}
      </ul>
      {back.error && (
        <p className={desk.alert} role="alert">
          {problemText(back.error)}
        </p>
      )}
    </details>
  );
}
