/** What is news, from what the pages themselves show. Pure. */
import type {
  Alert,
  ExportCase,
  Fallen,
  Given,
  Handover,
  ObjectRef,
  RightsRequest,
  SpotCheckSummary,
  Task,
} from '@/api/contract';
import { sayMany, sayOne, t, tCode } from '@/i18n';
import { nameOf, ruleText } from '@/records/alertWords';
import type { IconName } from '@/ui/Icon';

export type Notification = {
  /** What it is of, and in which state: another state is news again. */
  key: string;
  at: string;
  icon: IconName;
  text: string;
  path: string;
  urgent?: boolean;
};

/** Older news is in its own page. */
const DAYS = 14;
const MOST = 40;
/** A term draws near so long before it ends, as the server counts it; ms. */
const NEAR = 3 * 86_400_000;
/** A state in which something has happened to an export that its person waits for. */
const settled: ExportCase['state'][] = ['ready', 'rejected', 'failed'];

export function ofTasks(tasks: Task[], me: string): Notification[] {
  return tasks.flatMap((task): Notification[] => {
    const kind = tCode('task.kind', task.kind);
    if (task.decidable && task.state === 'open')
      return [
        {
          key: `task:${task.id}`,
          at: task.created_at,
          icon: 'approvals',
          text: t('notification.task', { kind, name: task.requester.name ?? '' }),
          path: '/approvals',
        },
      ];
    // Exports say themselves what became of them.
    if (task.requester.id !== me || !task.decided_at || task.kind === 'export') return [];
    return [
      {
        key: `task:${task.id}:${task.state}`,
        at: task.decided_at,
        icon: 'approvals',
        text: t('notification.decided', { kind, state: tCode('task.state', task.state) }),
        path: '/approvals?tab=done',
      },
    ];
  });
}

export function ofExports(cases: ExportCase[]): Notification[] {
  return cases
    .filter((item) => settled.includes(item.state))
    .map((item) => ({
      key: `export:${item.id}:${item.state}`,
      at: item.decided_at ?? item.created_at,
      icon: 'exports',
      text: t('notification.export', { number: item.number, state: tCode('export.state', item.state) }),
      path: '/exports',
    }));
}

export function ofAlerts(alerts: Alert[]): Notification[] {
  return alerts.map((alert) => ({
    key: `alert:${alert.id}`,
    at: alert.at,
    icon: 'alert',
    text: t('notification.alert', { rule: ruleText(alert.rule), name: nameOf(alert.person) }),
    path: '/alerts',
    urgent: alert.severity !== 'medium',
  }));
}

export function ofHandovers(cases: Handover[]): Notification[] {
  return cases.flatMap((item): Notification[] => {
    const name = item.person?.name ?? item.number;
    const path = `/handovers/${item.id}`;
    if (item.waits) {
      const key = item.stopped_at ? `handover:${item.id}:${item.stopped_at}` : `handover:${item.id}:planned`;
      const at = item.stopped_at ?? item.frozen_at ?? '';
      const text = t(item.stopped_at ? 'notification.handover_stopped' : 'notification.handover_planned', {
        name,
      });
      return [{ key, at, icon: 'handover', text, path, urgent: item.stopped_at !== null }];
    }
    if (item.state !== 'done' || !item.finished_at) return [];
    const text = t('notification.handover', { name });
    return [{ key: `handover:${item.id}:done`, at: item.finished_at, icon: 'handover', text, path }];
  });
}

/** What others made mine. One more from the same hand is news again. */
export function ofGiven(given: Given[], objects: ObjectRef[]): Notification[] {
  return given.flatMap((item): Notification[] => {
    const label = objects.find((object) => object.name === item.object)?.label;
    if (!label) return [];
    const what = item.count === 1 ? sayOne(label) : sayMany(label);
    return [
      {
        key: `given:${item.by.id}:${item.object}:${item.at}`,
        at: item.at,
        icon: 'transfer',
        text: t('notification.given', { name: item.by.name ?? '', n: item.count, what }),
        path: item.record ? `/records/${item.object}/${item.record}` : `/records/${item.object}?view=mine`,
      },
    ];
  });
}

/** What fell to the pool because I did not follow it up; whoever sees the pool finds it there. */
export function ofFallen(fallen: Fallen[], objects: ObjectRef[]): Notification[] {
  return fallen.flatMap((item): Notification[] => {
    const label = objects.find((object) => object.name === item.object)?.label;
    if (!label) return [];
    const what = item.count === 1 ? sayOne(label) : sayMany(label);
    return [
      {
        key: `fallen:${item.object}:${item.at}`,
        at: item.at,
        icon: 'pool',
        text: t('notification.fallen', { n: item.count, what }),
        path: item.record ? `/records/${item.object}/${item.record}` : `/records/${item.object}?view=pool`,
      },
    ];
  });
}

/** What was drawn and is not scored to its end. */
export function ofSpotChecks(checks: SpotCheckSummary[]): Notification[] {
  return checks
    .filter((check) => check.state === 'open')
    .map((check) => ({
      key: `spot:${check.id}`,
      at: check.drawn_at,
      icon: 'spot',
      text: t('notification.spot', { period: check.period, n: check.drawn - check.scored }),
      path: `/spot-checks/${check.id}`,
    }));
}

/** What customers ask for, as long as it waits for me; for the desk also, with whomever it lies, as its term ends. */
export function ofRequests(requests: RightsRequest[], desk: boolean, now: number): Notification[] {
  return requests.flatMap((item): Notification[] => {
    if (!item.waits && !desk) return [];
    const due = item.due_at ? Date.parse(item.due_at) : Number.POSITIVE_INFINITY;
    const base = { icon: 'scale' as const, path: `/rights/${item.id}` };
    const values = { number: item.number };
    if (due <= now)
      return [
        {
          ...base,
          key: `rights:${item.id}:over`,
          at: new Date(due).toISOString(),
          text: t('notification.rights_over', values),
          urgent: true,
        },
      ];
    if (due - NEAR <= now)
      return [
        {
          ...base,
          key: `rights:${item.id}:near`,
          at: new Date(due - NEAR).toISOString(),
          text: t('notification.rights_near', values),
          urgent: true,
        },
      ];
    if (!item.waits) return [];
    // Back at the desk after somebody had taken it up is news again.
    const taken = item.handler ? ':again' : '';
    return [
      {
        ...base,
        key: `rights:${item.id}:${item.state}${taken}`,
        at: item.received_at ?? '',
        text: t('notification.rights', values),
      },
    ];
  });
}

/** Newest first, without what is long past. */
export function inOrder(all: Notification[], now: number): Notification[] {
  return all
    .filter((item) => new Date(item.at).getTime() > now - DAYS * 86_400_000)
    .sort((a, b) => b.at.localeCompare(a.at))
    .slice(0, MOST);
}
