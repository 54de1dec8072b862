/** Which explanation belongs to which address. A new page adds a line here and three sentences in `i18n`. */
import type { Key } from '@/i18n';

const screens: [RegExp, Key][] = [
  [/^\/$/, 'help.today'],
  [/^\/records\/[^/]+$/, 'help.list'],
  [/^\/records\/[^/]+\/[^/]+$/, 'help.record'],
  [/^\/new/, 'help.intake'],
  [/^\/follow-up$/, 'help.follow_up'],
  [/^\/approvals/, 'help.approvals'],
  [/^\/exports/, 'help.exports'],
  [/^\/me$/, 'help.me'],
  [/^\/me\/devices/, 'help.devices'],
  [/^\/me\/security/, 'help.security'],
  [/^\/board/, 'help.board'],
  [/^\/alerts/, 'help.alerts'],
  [/^\/register/, 'help.register'],
  [/^\/rights/, 'help.rights'],
  [/^\/erasures/, 'help.erasures'],
  [/^\/handovers/, 'help.handovers'],
  [/^\/retention/, 'help.retention'],
  [/^\/spot-checks/, 'help.spot_checks'],
  [/^\/people/, 'help.people'],
  [/^\/roles/, 'help.roles'],
  [/^\/settings/, 'help.settings'],
  [/^\/ledger/, 'help.ledger'],
  [/^\/looks/, 'help.looks'],
];

export const helpFor = (path: string): Key =>
  screens.find(([pattern]) => pattern.test(path))?.[1] ?? 'help.other';
