/** The frame: bottom bar on a phone, rail on a desktop, watermark over both. */
import { useQuery } from '@tanstack/react-query';
import { Link, Outlet, useRouterState } from '@tanstack/react-router';
import { lazy, Suspense, useEffect, useMemo, useState } from 'react';
import { meQuery, objectQuery, objectsQuery, queryClient, todayQuery } from '@/api/queries';
import { ExpiredSheet } from '@/features/sessions/ExpiredSheet';
import { moreWords, t, useLanguage, withWords } from '@/i18n';
import { useOnline } from '@/offline/useOnline';
import { useOutbox } from '@/offline/useOutbox';
import { CUSTOMER } from '@/path';
import { NoRightPage } from '@/records/NoRight';
import { Icon } from '@/ui/Icon';
import { SheetOverlay } from '@/ui/Sheet';
import { DismissWord, Toasts } from '@/ui/toast';
import { useDesktop } from '@/ui/useMedia';
import { Watermark } from '@/ui/Watermark';
import { LeavingSheet } from './LeavingSheet';
import { show, useOverlay } from './overlays';
import { PlaceCount } from './PlaceCount';
import { usePageTitle } from './pageTitle';
import { type Counts, type Place, usePlaces, useRefused } from './places';
import { Rail } from './Rail';
import css from './shell.module.css';
import { TopBar } from './TopBar';
import { useFirstRun } from './tour/useFirstRun';
import { useAlertEvent, useOpenAlerts } from './useAlerts';
import { useEvents } from './useEvents';
import { useObjects } from './useNav';
import { useReminders } from './useReminders';
import { useSentNews } from './useSentNews';
import { useSettled } from './useSettled';
import { useShellKeys } from './useShellKeys';
import { useWatermark } from './useWatermark';
import { useWitness } from './useWitness';
import { useWorkerWords } from './useWorkerWords';

const LedgerAlarm = lazy(withWords(() => import('./LedgerAlarm')));
const Palette = lazy(withWords(async () => ({ default: (await import('./palette/Palette')).Palette })));
const Help = lazy(withWords(async () => ({ default: (await import('./help/HelpSheet')).HelpSheet })));
const Tour = lazy(withWords(async () => ({ default: (await import('./tour/Tour')).Tour })));
const Notifications = lazy(
  withWords(async () => ({
    default: (await import('./notifications/NotificationsSheet')).NotificationsSheet,
  })),
);
const close = () => show(null);
const composed = ['follow_up', 'plan'];
/** Not before it is asked for: it brings the composer along. */
const loadPlus = () => import('./PlusSheet');
const PlusSheet = lazy(async () => ({ default: (await loadPlus()).PlusSheet }));

export function AppShell() {
  // A new language is a new tree of words: the key makes every sentence follow.
  const language = useLanguage();
  return (
    <DismissWord key={language} value={t('toast.dismiss')}>
      <Frame language={language} />
    </DismissWord>
  );
}

function Frame({ language }: { language: string }) {
  usePageTitle(language);
  const me = useQuery(meQuery);
  const stopped = me.data?.must_choose_password || me.data?.must_enrol_second_factor;
  // The house asks for it since this page was opened: its route leads there and back.
  useEffect(() => {
    if (stopped) location.reload();
  }, [stopped]);
  const settled = useSettled();
  const today = useQuery({ ...todayQuery, enabled: settled });
  const desktop = useDesktop();
  const online = useOnline();
  const path = useRouterState({ select: (state) => state.location.pathname });
  const refused = useRefused(path);
  const [plus, setPlus] = useState(false);
  const mark = useWatermark(me.data);
  const counts = { waiting: today.data?.waiting ?? 0, alerts: useOpenAlerts(settled ? me.data : undefined) };
  useEvents(me.data !== undefined, useAlertEvent());
  useReminders(today.data, settled);
  useShellKeys();
  useWorkerWords();
  useFirstRun(settled && me.data !== undefined);
  const over = useOverlay();
  useSentNews();
  const waiting = useOutbox().length;
  useEffect(() => {
    // Ready for the moment the network is gone: what a composer is made of, and its code.
    const timer = setTimeout(() => {
      // Without a network they are asked for again when they are needed.
      const quietly = () => undefined;
      moreWords().catch(quietly);
      loadPlus().catch(quietly);
      import('@/features/outbox/OutboxPage').catch(quietly);
      const own = queryClient.ensureQueryData(objectsQuery).catch(() => []);
      void own.then((objects) => {
        for (const { name } of objects)
          if (composed.includes(name)) void queryClient.prefetchQuery(objectQuery(name));
      });
    }, 2_000);
    return () => clearTimeout(timer);
  }, []);
  const [alarm, hushAlarm] = useWitness(me.data);
  const overlay = useMemo(() => (mark ? <Watermark text={mark} inset /> : null), [mark]);
  // These pages have their own bar under the thumb.
  const focused = /^\/(records\/[^/]+\/[^/]+|new\/|follow-up)/.test(path);

  return (
    <SheetOverlay value={overlay}>
      <a className={css.skip} href="#main">
        {t('skip')}
      </a>
      <div className={desktop ? css.desktop : focused ? css.focused : css.phone}>
        {desktop && <Rail me={me.data} counts={counts} onPlus={() => setPlus(true)} />}
        <main id="main" className={css.main} tabIndex={-1}>
          {!online && (
            <p className={css.offline} role="status">
              <Icon name="offline" size={18} />
              {waiting > 0 ? t('outbox.offline', { n: waiting }) : t('offline')}
            </p>
          )}
          {!desktop && !focused && <TopBar />}
          {refused ? <NoRightPage title={t(refused.word)} /> : <Outlet />}
        </main>
        {!desktop && !focused && <BottomBar counts={counts} onPlus={() => setPlus(true)} />}
      </div>
      {plus && (
        <Suspense>
          <PlusSheet onClose={() => setPlus(false)} />
        </Suspense>
      )}
      <Suspense fallback={null}>
        {over === 'palette' && <Palette onClose={close} />}
        {over === 'help' && <Help onClose={close} />}
        {over === 'notifications' && <Notifications onClose={close} />}
        {over === 'tour' && <Tour onClose={close} />}
        {over === 'leaving' && <LeavingSheet onClose={close} />}
      </Suspense>
      {mark && <Watermark text={mark} />}
      <Toasts />
      {alarm && (
        <Suspense>
          <LedgerAlarm alarm={alarm} onClose={hushAlarm} />
        </Suspense>
      )}
      <ExpiredSheet />
    </SheetOverlay>
  );
}

function BottomBar({ counts, onPlus }: { counts: Counts; onPlus: () => void }) {
  const { customer, mayBegin } = useObjects();
  const [today, ...others] = usePlaces().filter((place) => place.bar);
  return (
    <nav className={css.bottom} aria-label={t('nav')}>
      {today && <BarLink place={today} counts={counts} />}
      {customer && (
        <Link to="/records/$object" params={{ object: CUSTOMER }} className={css.tab} data-tour="customer">
          <Icon name="customers" size={22} />
          {t('nav.customers')}
        </Link>
      )}
      {mayBegin && (
        <button
          type="button"
          className={css.plus}
          data-tour="plus"
          aria-label={t('nav.plus')}
          onClick={onPlus}
        >
          <Icon name="plus" size={26} />
        </button>
      )}
      {others.map((place) => (
        <BarLink key={place.to} place={place} counts={counts} />
      ))}
    </nav>
  );
}

function BarLink({ place, counts }: { place: Place; counts: Counts }) {
  return (
    <Link to={place.to} activeOptions={{ exact: place.to === '/' }} className={css.tab} data-tour={place.to}>
      <span className={css.badged}>
        <Icon name={place.icon} size={22} />
        <PlaceCount of={place.barCount ?? place.count} counts={counts} />
      </span>
      {t(place.word)}
    </Link>
  );
}
