/** 我的: who I am here, my devices and sessions, security, language, look, the way out. */
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { Children, lazy, type ReactNode, Suspense, useState } from 'react';
import type { Language, Me } from '@/api/contract';
import { isGone } from '@/api/problem';
import { meQuery } from '@/api/queries';
import { say, sayMany, t, useLanguage, withWords } from '@/i18n';
import { useOutbox } from '@/offline/useOutbox';
import { ProblemState } from '@/records/ProblemState';
import { hintOf, usePlaces } from '@/shell/places';
import { leave } from '@/shell/signOut';
import { switchLanguage } from '@/shell/switchLanguage';
import { iconOf, useObjects } from '@/shell/useNav';
import { Avatar } from '@/ui/Avatar';
import { RowButton } from '@/ui/Menu';
import { Segments } from '@/ui/Segments';
import { Skeleton } from '@/ui/State';
import { Tag } from '@/ui/Tag';
import { setTheme, storedTheme, type Theme } from '@/ui/theme';
import { useDesktop } from '@/ui/useMedia';
import css from './me.module.css';
import { StandingCard } from './StandingCard';

const PushCard = lazy(
  withWords(async () => ({ default: (await import('@/shell/notifications/PushCard')).PushCard })),
);

/** My own first: the rest is long. */
const onPhone = ['mine', 'work', 'watch', 'house'] as const;

export function MePage() {
  const me = useQuery(meQuery);
  const navigate = useNavigate();
  const places = usePlaces();
  const { others } = useObjects();
  const desktop = useDesktop();
  const language = useLanguage();
  const waiting = useOutbox();
  const [theme, pickTheme] = useState<Theme>(storedTheme);

  if (me.isPending) return <Skeleton label={t('loading')} />;
  if (!me.data || isGone(me.error)) return <ProblemState error={me.error} retry={() => me.refetch()} />;
  return (
    <div className={css.page}>
      <h1 className={css.title}>{t('me.title')}</h1>
      <Profile me={me.data} />
      <StandingCard />
      {/* What the bar has no room for; a desktop has it on the rail. */}
      {(desktop ? (['mine'] as const) : onPhone).map((group) => (
        <Section key={group} title={t(`group.${group}`)} show={!desktop}>
          {places
            .filter((place) => place.group === group && !place.bar)
            .map((place) => {
              const hint = hintOf(place, me.data);
              return (
                <RowButton
                  key={place.to}
                  icon={place.icon}
                  label={t(place.word)}
                  hint={hint && t(hint)}
                  onClick={() => void navigate({ to: place.to })}
                />
              );
            })}
          {group === 'mine' && (
            <RowButton
              icon="approvals"
              label={t('me.requests')}
              hint={t('me.requests.hint')}
              onClick={() => void navigate({ to: '/approvals', search: { tab: 'asked' } })}
            />
          )}
          {group === 'mine' && (
            <RowButton
              icon="outbox"
              label={t('outbox.title')}
              hint={waiting.length > 0 ? t('outbox.count', { n: waiting.length }) : t('outbox.empty')}
              onClick={() => void navigate({ to: '/outbox' })}
            />
          )}
          {group === 'work' &&
            others.map((object) => (
              <RowButton
                key={object.name}
                icon={iconOf(object)}
                label={sayMany(object.label)}
                onClick={() => void navigate({ to: '/records/$object', params: { object: object.name } })}
              />
            ))}
        </Section>
      ))}
      <section className={css.settings} aria-label={t('me.settings')}>
        <div>
          <p>{t('me.language')}</p>
          <Segments<Language>
            label={t('me.language')}
            options={[
              { key: 'zh-CN', label: '简体中文' },
              { key: 'en', label: 'English' },
            ]}
            value={language}
            onChange={(next) => void switchLanguage(next)}
          />
        </div>
        <div>
          <p>{t('me.theme')}</p>
          <Segments<Theme>
            label={t('me.theme')}
            options={[
              { key: 'auto', label: t('theme.auto') },
              { key: 'light', label: t('theme.light') },
              { key: 'dark', label: t('theme.dark') },
            ]}
            value={theme}
            onChange={(next) => {
              setTheme(next);
              pickTheme(next);
            }}
          />
        </div>
      </section>
      <Suspense fallback={<Skeleton rows={1} label={t('loading')} />}>
        <PushCard />
      </Suspense>
      <section className={css.group}>
        <RowButton icon="out" danger label={t('signout')} hint={t('signout.hint')} onClick={leave} />
      </section>
      {me.data.demo && <p className={css.demo}>{t('demo.note')}</p>}
    </div>
  );
}

function Section({ title, show, children }: { title: string; show: boolean; children: ReactNode }) {
  if (Children.toArray(children).length === 0) return null;
  return (
    <section className={css.group} aria-label={title}>
      {show && <h2 className={css.heading}>{title}</h2>}
      {children}
    </section>
  );
}

function Profile({ me }: { me: Me }) {
  return (
    <section className={css.profile}>
      <Avatar name={me.person.name} size={52} />
      <div>
        <p className={css.name}>{me.person.name}</p>
        <p className={css.meta}>
          {[me.person.department?.name, me.person.staff_no && t('me.staff_no', { no: me.person.staff_no })]
            .filter(Boolean)
            .join(' · ')}
        </p>
        <p className={css.roles}>
          {me.person.roles.map((role) => {
            const name = say(role.label) || role.name;
            return <Tag key={name}>{name}</Tag>;
          })}
        </p>
      </div>
    </section>
  );
}
