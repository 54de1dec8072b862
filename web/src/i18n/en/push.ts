/** Push while the app is closed. */
export const push = {
  'push.title': 'Push notifications',
  'push.said': 'Something waits for you in Kedun',
  'push.off':
    'Be told while Kedun is closed when something waits for you: approvals, alerts, exports, handovers, records given to you, requests of customers. A push carries nothing: it only says “Something waits for you in Kedun”, with no name, customer or record.',
  'push.on':
    'Push is on for this device. It only says “Something waits for you in Kedun” and carries nothing; once in some minutes at most, and not while Kedun is open. It stops when you sign out and goes on when you sign in again.',
  'push.denied':
    'This browser does not let the site notify you. Allow it in the browser’s settings of the site, then come back and turn it on.',
  'push.unsupported':
    'This browser has no push. While Kedun is open, what is new is shown under Notifications.',
  'push.install':
    'On an iPhone or iPad, first add Kedun to the home screen (Share → Add to Home Screen), open it from there, and turn it on here.',
  'push.unavailable':
    'Your company has not turned push on. While Kedun is open, what is new is shown under Notifications.',
  'push.unreachable':
    'This browser’s push service cannot be reached, so it is not on. Some networks do not let it through; try another network or browser.',
  'push.turn_on': 'Turn push on',
  'push.turn_off': 'Turn push off',
  'ledger.act.push.turn_on': 'Push turned on',
  'ledger.act.push.turn_off': 'Push turned off',
  'ledger.act.push.gone': 'Push address no longer valid',
} as const;
