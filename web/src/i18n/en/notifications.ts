/** Notifications. */
import type { notifications as zh } from '../zh-CN/notifications';

export const notifications: Record<keyof typeof zh, string> = {
  'notifications.title': 'Notifications',
  'notifications.open': 'Notifications',
  'notifications.count': '{n} unread notification|{n} unread notifications',
  'notifications.unread': 'unread',
  'notifications.all_read': 'Mark all as read',
  'notifications.empty': 'Nothing new',
  'notifications.empty.why':
    'Requests that wait for you, your exports, alerts and handovers appear here and stay for fourteen days.',
  'notification.task': '{kind} by {name} waits for you',
  'notification.decided': 'Your {kind}: {state}',
  'notification.export': 'Export {number}: {state}',
  'notification.alert': 'Alert about {name}',
  'notification.handover': 'The handover of {name} is done',
  'outside.title': 'Browser notifications',
  'outside.why': 'A word while Kedun is open and another window is in front. It holds no name and no data.',
  'outside.denied': 'The browser forbids notifications of this site; its site settings can allow them again.',
  'outside.turn_on': 'Turn on',
  'outside.turn_off': 'Turn off',
  'outside.alert': 'There is a new alert',
  'outside.task': 'A request waits for your approval',
  'outside.export': 'There is news of your export',
  'outside.handover': 'A handover is done',
};
