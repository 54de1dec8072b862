/** What is set for the whole house, and by whom: thresholds to click, the rest as it stands. */
import { useQuery } from '@tanstack/react-query';
import { noticeBodiesQuery, settingsQuery } from '@/api/admin';
import { meQuery } from '@/api/queries';
import { say, t, tCode } from '@/i18n';
import { date } from '@/i18n/format';
import { ProblemState } from '@/records/ProblemState';
import css from '@/ui/desk.module.css';
import { Icon } from '@/ui/Icon';
import { Skeleton, State } from '@/ui/State';
import { CompanyCard } from './CompanyCard';
import { RulesCard } from './RulesCard';

export function SettingsPage() {
  const me = useQuery(meQuery);
  const mayPublish = me.data?.acts.includes('roles.manage') ?? false;
  return (
    <div className={css.page}>
      <header className={css.head}>
        <h1>{t('settings.title')}</h1>
      </header>
      <CompanyCard mayPublish={mayPublish} />
      <RulesCard mayPublish={mayPublish} />
      <Sessions />
      <Notices />
    </div>
  );
}

function Sessions() {
  const settings = useQuery(settingsQuery);
  const set = settings.data;
  return (
    <section className={css.card}>
      <h2>{t('settings.sessions')}</h2>
      {settings.isPending && <Skeleton rows={3} label={t('loading')} />}
      {settings.error && <ProblemState error={settings.error} retry={() => void settings.refetch()} small />}
      {set && (
        <dl className={css.facts}>
          <Fact term="settings.idle" said={t('settings.minutes', { n: Math.round(set.idle_seconds / 60) })} />
          <Fact
            term="settings.absolute"
            said={t('settings.hours', { n: Math.round(set.absolute_seconds / 3600) })}
          />
          <Fact term="settings.lock" said={t('settings.guesses', { n: set.lock_after })} />
          <Fact term="settings.second_factor" said={t(`settings.second_factor.${set.second_factor}`)} />
          <Fact term="settings.password" said={t('settings.characters', { n: set.password_min })} />
          <Fact
            term="settings.one_time"
            said={t('settings.hours', { n: Math.round(set.one_time_seconds / 3600) })}
          />
        </dl>
      )}
      <p className={css.note}>{t('settings.sessions.why')}</p>
    </section>
  );
}

function Fact({
  term,
  said,
}: {
  term:
    | 'settings.idle'
    | 'settings.absolute'
    | 'settings.lock'
    | 'settings.second_factor'
    | 'settings.password'
    | 'settings.one_time';
  said: string;
}) {
  return (
    <div>
      <dt>{t(term)}</dt>
      <dd>{said}</dd>
    </div>
  );
}

function Notices() {
  const notices = useQuery(noticeBodiesQuery);
  return (
    <section className={css.card}>
      <h2>{t('settings.notices')}</h2>
      <p className={css.why}>{t('settings.notices.why')}</p>
      {notices.isPending && <Skeleton rows={2} label={t('loading')} />}
      {notices.error && <ProblemState error={notices.error} retry={() => void notices.refetch()} small />}
      {notices.data?.length === 0 && (
        <State small icon="info" title={t('settings.notices.empty')} why={t('settings.notices.why')} />
      )}
      <ul className={css.list}>
        {notices.data?.map((notice) => (
          <li key={notice.name} className={css.item}>
            <Icon name="info" />
            <div className={css.words}>
              <b>{say(notice.body.title)}</b>
              <span className={css.meta}>
                {tCode('desk.purpose', notice.body.purpose)} ·{' '}
                {t('settings.notice', {
                  version: notice.version,
                  time: date(notice.published_at),
                  hash: notice.hash.slice(0, 12),
                })}
              </span>
            </div>
          </li>
        ))}
      </ul>
    </section>
  );
}
