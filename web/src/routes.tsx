/** Every screen, loaded when first visited. */
import { QueryClientProvider } from '@tanstack/react-query';
import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
} from '@tanstack/react-router';
import { api } from './api/client';
import type { Me } from './api/contract';
import { isProblem } from './api/problem';
import { meQuery, queryClient } from './api/queries';
import type { AlertSearch } from './features/alerts/AlertsPage';
import type { LedgerSearch } from './features/ledger/Entries';
import type { LooksSearch } from './features/looks/LooksPage';
import type { RegisterSearch } from './features/register/search';
import { exportStates } from './features/register/search';
import { loadLanguage, t } from './i18n';
import { currentLanguage } from './i18n/language';
import { unlockDrafts } from './offline/drafts';
import { type Chips, parseChips } from './records/filter';
import { ProblemState } from './records/ProblemState';
import { Skeleton, State } from './ui/State';

const text = (value: unknown): string | undefined => (typeof value === 'string' && value ? value : undefined);
/** Leaves out what is not there, so that the address stays short. */
function only<T extends Record<string, unknown>>(values: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as never;
}

const root = createRootRoute({
  component: () => (
    <QueryClientProvider client={queryClient}>
      <Outlet />
    </QueryClientProvider>
  ),
  notFoundComponent: () => (
    <State
      icon="search"
      title={t('problem.not_found')}
      why={t('problem.no_page')}
      action={<a href="/">{t('home')}</a>}
    />
  ),
});

const signIn = createRoute({
  getParentRoute: () => root,
  path: '/sign-in',
  validateSearch: (search: Record<string, unknown>) => only({ to: text(search.to) }),
  component: lazyRouteComponent(() => import('./features/sessions/SignInPage'), 'SignInPage'),
});

/** Everything behind the sign-in. The first look is anonymous: a stranger is sent to the door, not shown a sheet. */
const app = createRoute({
  getParentRoute: () => root,
  id: 'app',
  beforeLoad: async ({ location }) => {
    if (queryClient.getQueryData(meQuery.queryKey)) return;
    try {
      const me = await api.get<Me>('/me', { anonymous: true });
      queryClient.setQueryData(meQuery.queryKey, me);
      await unlockDrafts(me.draft_key);
      if (me.language && me.language !== currentLanguage()) await loadLanguage(me.language);
    } catch (problem) {
      if (isProblem(problem) && problem.status === 401) {
        const to = location.pathname === '/' ? undefined : location.href;
        throw redirect({ to: '/sign-in', search: only({ to }), replace: true });
      }
      throw problem;
    }
  },
  component: lazyRouteComponent(() => import('./shell/AppShell'), 'AppShell'),
});

const today = createRoute({
  getParentRoute: () => app,
  path: '/',
  component: lazyRouteComponent(() => import('./features/today/TodayPage'), 'TodayPage'),
});
const list = createRoute({
  getParentRoute: () => app,
  path: 'records/$object',
  validateSearch: (
    search: Record<string, unknown>,
  ): { view?: string; sort?: string; open?: string; f?: Chips } =>
    only({
      view: text(search.view),
      sort: text(search.sort),
      open: text(search.open),
      f: search.f ? parseChips(search.f) : undefined,
    }),
  component: lazyRouteComponent(() => import('./features/records/ListPage'), 'ListPage'),
});
const record = createRoute({
  getParentRoute: () => app,
  path: 'records/$object/$id',
  component: lazyRouteComponent(() => import('./features/records/RecordPage'), 'RecordPage'),
});
const intake = createRoute({
  getParentRoute: () => app,
  path: 'new/$object',
  validateSearch: (search: Record<string, unknown>): { parent?: string } =>
    only({ parent: text(search.parent) }),
  component: lazyRouteComponent(() => import('./features/intake/IntakePage'), 'IntakePage'),
});
const followUp = createRoute({
  getParentRoute: () => app,
  path: 'follow-up',
  component: lazyRouteComponent(() => import('./features/followups/FollowUpPage'), 'FollowUpPage'),
});
const approvals = createRoute({
  getParentRoute: () => app,
  path: 'approvals',
  validateSearch: (search: Record<string, unknown>): { tab?: 'waiting' | 'asked' | 'done' } =>
    only({ tab: (['waiting', 'asked', 'done'] as const).find((tab) => tab === search.tab) }),
  component: lazyRouteComponent(() => import('./features/approvals/ApprovalsPage'), 'ApprovalsPage'),
});
const exportsPage = createRoute({
  getParentRoute: () => app,
  path: 'exports',
  component: lazyRouteComponent(() => import('./features/exports/ExportsPage'), 'ExportsPage'),
});
const alerts = createRoute({
  getParentRoute: () => app,
  path: 'alerts',
  validateSearch: (search: Record<string, unknown>): AlertSearch =>
    only({
      tab: (['acknowledged', 'closed', 'all'] as const).find((tab) => tab === search.tab),
      severity: (['medium', 'high', 'critical'] as const).find((severity) => severity === search.severity),
      person: text(search.person),
      open: text(search.open),
    }),
  component: lazyRouteComponent(() => import('./features/alerts/AlertsPage'), 'AlertsPage'),
});
const ledger = createRoute({
  getParentRoute: () => app,
  path: 'ledger',
  validateSearch: (search: Record<string, unknown>): LedgerSearch =>
    only({
      action: text(search.action),
      actor: Number.isSafeInteger(search.actor) ? (search.actor as number) : undefined,
    }),
  component: lazyRouteComponent(() => import('./features/ledger/LedgerPage'), 'LedgerPage'),
});
const looks = createRoute({
  getParentRoute: () => app,
  path: 'looks',
  validateSearch: (search: Record<string, unknown>): LooksSearch =>
    only({
      kind: (['reveal', 'export'] as const).find((kind) => kind === search.kind),
      days: ([1, 30] as const).find((days) => days === search.days),
    }),
  component: lazyRouteComponent(() => import('./features/looks/LooksPage'), 'LooksPage'),
});
const register = createRoute({
  getParentRoute: () => app,
  path: 'register',
  validateSearch: (search: Record<string, unknown>): RegisterSearch =>
    only({
      tab: (['reviews', 'trace'] as const).find((tab) => tab === search.tab),
      month: text(search.month),
      person: text(search.person),
      state: exportStates.find((state) => state === search.state),
    }),
  component: lazyRouteComponent(() => import('./features/register/RegisterPage'), 'RegisterPage'),
});
const me = createRoute({
  getParentRoute: () => app,
  path: 'me',
  component: lazyRouteComponent(() => import('./features/me/MePage'), 'MePage'),
});
const devices = createRoute({
  getParentRoute: () => app,
  path: 'me/devices',
  component: lazyRouteComponent(() => import('./features/devices/DevicesPage'), 'DevicesPage'),
});
const security = createRoute({
  getParentRoute: () => app,
  path: 'me/security',
  component: lazyRouteComponent(() => import('./features/security/SecurityPage'), 'SecurityPage'),
});

export const router = createRouter({
  routeTree: root.addChildren([
    signIn,
    app.addChildren([
      today,
      list,
      record,
      intake,
      followUp,
      approvals,
      exportsPage,
      alerts,
      ledger,
      looks,
      register,
      me,
      devices,
      security,
    ]),
  ]),
  scrollRestoration: true,
  defaultPreload: 'intent',
  // Loading a screen's code is quick; a flash of skeleton would be slower to read than waiting.
  defaultPendingMs: 400,
  defaultPendingComponent: () => <Skeleton label={t('loading')} />,
  defaultErrorComponent: ({ error }) => <ProblemState error={error} retry={() => location.reload()} />,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
