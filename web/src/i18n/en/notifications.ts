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
    'Requests, alerts and handovers that wait for you, records given to you and your exports appear here and stay for fourteen days.',
  'notification.task': '{kind} by {name} waits for you',
  'notification.decided': 'Your {kind}: {state}',
  'notification.export': 'Export {number}: {state}',
  'notification.alert': 'Alert about {name}',
  'notification.handover': 'The handover of {name} is done',
  'notification.handover_planned': 'The handover of {name} is planned and waits for you to check and run it',
  'notification.handover_stopped': 'The handover of {name} stopped: some records have not moved',
  'notification.given': '{name} gave you {n} {what}',
  'notification.rights': 'A customer’s request waits for you: {number}',
  'notification.rights_near': 'Request {number} is due within three days and has no answer',
  'notification.rights_over': 'Request {number} is past its date and has no answer',
  'notification.spot':
    'Spot check {period}: {n} follow-up left to score|Spot check {period}: {n} follow-ups left to score',
  'outside.title': 'Browser notifications',
  'outside.why': 'A word while Kedun is open and another window is in front. It holds no name and no data.',
  'outside.denied': 'The browser forbids notifications of this site; its site settings can allow them again.',
  'outside.turn_on': 'Turn on',
  'outside.turn_off': 'Turn off',
  'outside.alert': 'There is a new alert',
  'outside.task': 'A request waits for your approval',
  'outside.export': 'There is news of your export',
  'outside.handover': 'A handover is done',
  'outside.handover_waits': 'A handover waits for you',
  'outside.given': 'You were given records',
  'outside.rights': 'A customer’s request waits for you',
};
