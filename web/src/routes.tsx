/** Every screen, loaded when first visited; the first ones come with the app. */
import { QueryClientProvider } from '@tanstack/react-query';
import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
} from '@tanstack/react-router';
import type { Me } from './api/contract';
import { isProblem } from './api/problem';
import { meQuery, queryClient } from './api/queries';
import { announce } from './api/tabs';
import { begin, firstLook } from './early';
import type { AlertSearch } from './features/alerts/AlertsPage';
import type { LedgerSearch } from './features/ledger/Entries';
import type { LooksSearch } from './features/looks/LooksPage';
import { ListPage } from './features/records/ListPage';
import type { RegisterSearch } from './features/register/search';
import { exportStates } from './features/register/search';
import { SignInPage } from './features/sessions/SignInPage';
import { loadLanguage, t, withWords } from './i18n';
import { currentLanguage } from './i18n/language';
import { unlockDrafts } from './offline/drafts';
import { openOutbox } from './offline/outbox';
import { ourPath } from './path';
import { type Chips, parseChips } from './records/filter';
import { ProblemState } from './records/ProblemState';
import { AppShell } from './shell/AppShell';
import { Button } from './ui/Button';
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
      action={<Button onClick={() => location.assign('/')}>{t('home')}</Button>}
    />
  ),
});

const signIn = createRoute({
  getParentRoute: () => root,
  path: '/sign-in',
  validateSearch: (search: Record<string, unknown>) => only({ to: text(search.to) }),
  component: SignInPage,
});

/** Who is here, asked once. The first look is anonymous: a stranger is sent to the door, not shown a sheet. */
async function whoIsHere(location: { pathname: string; hash: string; href: string }): Promise<Me> {
  const known = queryClient.getQueryData(meQuery.queryKey);
  if (known) return known;
  try {
    const me = await firstLook();
    queryClient.setQueryData(meQuery.queryKey, me);
    await unlockDrafts(me.draft_key);
    // Before that nothing would be taken, and what waits would look refused.
    if (!me.must_choose_password && !me.must_enrol_second_factor) void openOutbox();
    announce(me.person.id);
    if (me.language && me.language !== currentLanguage()) await loadLanguage(me.language);
    return me;
  } catch (problem) {
    if (isProblem(problem) && problem.status === 401) {
      const to = location.pathname === '/' && !location.hash ? undefined : location.href;
      throw redirect({ to: '/sign-in', search: only({ to }), replace: true });
    }
    throw problem;
  }
}

/** Whoever comes with a one-time password; there is nothing else for them yet. */
const welcome = createRoute({
  getParentRoute: () => root,
  path: '/welcome',
  beforeLoad: async ({ location }) => {
    const me = await whoIsHere(location);
    if (!me.must_choose_password) throw redirect({ to: '/', replace: true });
  },
  component: lazyRouteComponent(
    withWords(() => import('./features/newcomer/WelcomePage')),
    'WelcomePage',
  ),
});
/** Whoever has no second factor where everybody needs one. */
const secondFactor = createRoute({
  getParentRoute: () => root,
  path: '/second-factor',
  validateSearch: (search: Record<string, unknown>) => only({ to: text(search.to) }),
  beforeLoad: async ({ location, search }) => {
    const me = await whoIsHere(location);
    if (me.must_choose_password) throw redirect({ to: '/welcome', replace: true });
    if (!me.must_enrol_second_factor) throw redirect({ href: ourPath(search.to), replace: true });
  },
  component: lazyRouteComponent(
    withWords(() => import('./features/security/EnrolPage')),
    'EnrolPage',
  ),
});
/** The customer's own page: no account, no session, nothing of the app behind it. */
const publicPage = createRoute({
  getParentRoute: () => root,
  path: '/p',
  component: lazyRouteComponent(
    withWords(() => import('./features/public/PublicPage')),
    'PublicPage',
  ),
});

/** Everything behind the sign-in. */
const app = createRoute({
  getParentRoute: () => root,
  id: 'app',
  beforeLoad: async ({ location }) => {
    const me = await whoIsHere(location);
    // Somebody handed them a password: nothing is open before they have chosen their own.
    if (me.must_choose_password) throw redirect({ to: '/welcome', replace: true });
    if (me.must_enrol_second_factor) {
      const to = location.href === '/' ? undefined : location.href;
      throw redirect({ to: '/second-factor', search: only({ to }), replace: true });
    }
  },
  component: AppShell,
});

const today = createRoute({
  getParentRoute: () => app,
  path: '/',
  component: lazyRouteComponent(() => import('./shell/StartPage'), 'StartPage'),
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
  component: ListPage,
});
const record = createRoute({
  getParentRoute: () => app,
  path: 'records/$object/$id',
  component: lazyRouteComponent(
    withWords(() => import('./features/records/RecordPage')),
    'RecordPage',
  ),
});
const intake = createRoute({
  getParentRoute: () => app,
  path: 'new/$object',
  validateSearch: (search: Record<string, unknown>): { of?: string; parent?: string } =>
    only({ of: text(search.of), parent: text(search.parent) }),
  component: lazyRouteComponent(() => import('./features/intake/IntakePage'), 'IntakePage'),
});
const followUp = createRoute({
  getParentRoute: () => app,
  path: 'follow-up',
  validateSearch: (search: Record<string, unknown>): { type?: string } => only({ type: text(search.type) }),
  component: lazyRouteComponent(() => import('./features/followups/FollowUpPage'), 'FollowUpPage'),
});
const approvals = createRoute({
  getParentRoute: () => app,
  path: 'approvals',
  validateSearch: (search: Record<string, unknown>): { tab?: 'waiting' | 'asked' | 'done' } =>
    only({ tab: (['waiting', 'asked', 'done'] as const).find((tab) => tab === search.tab) }),
  component: lazyRouteComponent(
    withWords(() => import('./features/approvals/ApprovalsPage')),
    'ApprovalsPage',
  ),
});
const days = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isInteger(value) && value > 0 ? value : undefined;
const board = createRoute({
  getParentRoute: () => app,
  path: 'board',
  validateSearch: (search: Record<string, unknown>): { days?: number; quiet?: number } =>
    only({ days: days(search.days), quiet: days(search.quiet) }),
  component: lazyRouteComponent(
    withWords(() => import('./features/insight/BoardPage')),
    'BoardPage',
  ),
});
const handovers = createRoute({
  getParentRoute: () => app,
  path: 'handovers',
  component: lazyRouteComponent(
    withWords(() => import('./features/handovers/HandoversPage')),
    'HandoversPage',
  ),
});
const handover = createRoute({
  getParentRoute: () => app,
  path: 'handovers/$id',
  component: lazyRouteComponent(
    withWords(() => import('./features/handovers/HandoverPage')),
    'HandoverPage',
  ),
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
  component: lazyRouteComponent(
    withWords(() => import('./features/alerts/AlertsPage')),
    'AlertsPage',
  ),
});
const ledger = createRoute({
  getParentRoute: () => app,
  path: 'ledger',
  validateSearch: (search: Record<string, unknown>): LedgerSearch =>
    only({
      action: text(search.action),
      actor: Number.isSafeInteger(search.actor) ? (search.actor as number) : undefined,
    }),
  component: lazyRouteComponent(
    withWords(() => import('./features/ledger/LedgerPage')),
    'LedgerPage',
  ),
});
const rights = createRoute({
  getParentRoute: () => app,
  path: 'rights',
  validateSearch: (search: Record<string, unknown>): { tab?: 'open' | 'all' } =>
    only({ tab: (['open', 'all'] as const).find((tab) => tab === search.tab) }),
  component: lazyRouteComponent(
    withWords(() => import('./features/rights/RightsPage')),
    'RightsPage',
  ),
});
const rightsOne = createRoute({
  getParentRoute: () => app,
  path: 'rights/$id',
  component: lazyRouteComponent(
    withWords(() => import('./features/rights/RequestPage')),
    'RequestPage',
  ),
});
const erasures = createRoute({
  getParentRoute: () => app,
  path: 'erasures',
  component: lazyRouteComponent(
    withWords(() => import('./features/erasures/ErasuresPage')),
    'ErasuresPage',
  ),
});
const erasure = createRoute({
  getParentRoute: () => app,
  path: 'erasures/$id',
  component: lazyRouteComponent(
    withWords(() => import('./features/erasures/ErasurePage')),
    'ErasurePage',
  ),
});
const looks = createRoute({
  getParentRoute: () => app,
  path: 'looks',
  validateSearch: (search: Record<string, unknown>): LooksSearch =>
    only({
      kind: (['reveal', 'export'] as const).find((kind) => kind === search.kind),
      days: ([1, 30] as const).find((days) => days === search.days),
    }),
  component: lazyRouteComponent(
    withWords(() => import('./features/looks/LooksPage')),
    'LooksPage',
  ),
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
  component: lazyRouteComponent(
    withWords(() => import('./features/register/RegisterPage')),
    'RegisterPage',
  ),
});
const retention = createRoute({
  getParentRoute: () => app,
  path: 'retention',
  component: lazyRouteComponent(
    withWords(() => import('./features/retention/RetentionPage')),
    'RetentionPage',
  ),
});
const spotChecks = createRoute({
  getParentRoute: () => app,
  path: 'spot-checks',
  component: lazyRouteComponent(
    withWords(() => import('./features/spotchecks/SpotChecksPage')),
    'SpotChecksPage',
  ),
});
const spotCheck = createRoute({
  getParentRoute: () => app,
  path: 'spot-checks/$id',
  component: lazyRouteComponent(
    withWords(() => import('./features/spotchecks/SpotCheckPage')),
    'SpotCheckPage',
  ),
});
const myScores = createRoute({
  getParentRoute: () => app,
  path: 'me/scores',
  component: lazyRouteComponent(
    withWords(() => import('./features/spotchecks/MyScoresPage')),
    'MyScoresPage',
  ),
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
const outbox = createRoute({
  getParentRoute: () => app,
  path: 'outbox',
  component: lazyRouteComponent(() => import('./features/outbox/OutboxPage'), 'OutboxPage'),
});
const security = createRoute({
  getParentRoute: () => app,
  path: 'me/security',
  component: lazyRouteComponent(() => import('./features/security/SecurityPage'), 'SecurityPage'),
});

const people = createRoute({
  getParentRoute: () => app,
  path: 'people',
  validateSearch: (
    search: Record<string, unknown>,
  ): { q?: string; department?: string; state?: string; role?: string; open?: string } =>
    only({
      q: text(search.q),
      department: text(search.department),
      state: text(search.state),
      role: text(search.role),
      open: text(search.open),
    }),
  component: lazyRouteComponent(
    withWords(() => import('./features/people/PeoplePage')),
    'PeoplePage',
  ),
});
const departments = createRoute({
  getParentRoute: () => app,
  path: 'departments',
  component: lazyRouteComponent(
    withWords(() => import('./features/departments/DepartmentsPage')),
    'DepartmentsPage',
  ),
});
const roles = createRoute({
  getParentRoute: () => app,
  path: 'roles',
  validateSearch: (search: Record<string, unknown>): { role?: string } => only({ role: text(search.role) }),
  component: lazyRouteComponent(
    withWords(() => import('./features/roles/RolesPage')),
    'RolesPage',
  ),
});
const role = createRoute({
  getParentRoute: () => app,
  path: 'roles/$role',
  component: lazyRouteComponent(
    withWords(() => import('./features/roles/RolePage')),
    'RolePage',
  ),
});
const newRole = createRoute({
  getParentRoute: () => app,
  path: 'roles/new-role',
  validateSearch: (search: Record<string, unknown>): { from?: string } => only({ from: text(search.from) }),
  component: lazyRouteComponent(
    withWords(() => import('./features/roles/NewRolePage')),
    'NewRolePage',
  ),
});
const who = createRoute({
  getParentRoute: () => app,
  path: 'who',
  validateSearch: (
    search: Record<string, unknown>,
  ): { object?: string | undefined; record?: string | undefined; person?: string | undefined } =>
    only({ object: text(search.object), record: text(search.record), person: text(search.person) }),
  component: lazyRouteComponent(
    withWords(() => import('./features/who/WhoPage')),
    'WhoPage',
  ),
});
const presence = createRoute({
  getParentRoute: () => app,
  path: 'sessions',
  component: lazyRouteComponent(
    withWords(() => import('./features/presence/PresencePage')),
    'PresencePage',
  ),
});
const settings = createRoute({
  getParentRoute: () => app,
  path: 'settings',
  component: lazyRouteComponent(
    withWords(() => import('./features/settings/SettingsPage')),
    'SettingsPage',
  ),
});
/** The administrators' pages. */
const house = [people, departments, roles, role, newRole, who, presence, settings] as const;

export const router = createRouter({
  routeTree: root.addChildren([
    signIn,
    welcome,
    secondFactor,
    publicPage,
    app.addChildren([
      ...house,
      today,
      list,
      record,
      intake,
      followUp,
      board,
      handovers,
      handover,
      approvals,
      exportsPage,
      alerts,
      ledger,
      looks,
      register,
      retention,
      spotChecks,
      spotCheck,
      myScores,
      me,
      devices,
      outbox,
      security,
      rights,
      rightsOne,
      erasures,
      erasure,
    ]),
  ]),
  scrollRestoration: true,
  defaultPreload: 'intent',
  // Loading a screen's code is quick; a flash of skeleton would be slower to read than waiting.
  defaultPendingMs: 400,
  defaultPendingComponent: () => <Skeleton label={t('loading')} />,
  defaultErrorComponent: ({ error }) => <ProblemState error={error} retry={() => location.reload()} />,
});

/** Before anything is drawn: the code of the page that the address names, and what it will ask for. */
export function beginHere(): void {
  const [matchedRoutes] = router.getMatchedRoutes(location.pathname);
  for (const route of matchedRoutes) void router.loadRouteChunk(route);
  if (matchedRoutes.some((route) => route.id === app.id)) begin(location);
}

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
  interface HistoryState {
    /** Whether the panel beside a list was opened from it, so that Back closes it. */
    panel?: boolean;
  }
}
