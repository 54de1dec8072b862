/** What somebody is shown the first time: at most five things, and only such as they have. */
import type { Key } from '@/i18n';
import type { May } from '../places';

export type Step = {
  title: Key;
  text: Key;
  /** What lights up, by its `data-tour`; a step without one speaks of the whole. */
  at?: string;
};

const find: Step = { title: 'tour.find', text: 'tour.find.text', at: 'find' };
const help: Step = { title: 'tour.help', text: 'tour.help.text', at: 'help' };
const bell: Step = { title: 'tour.bell', text: 'tour.bell.text', at: 'bell' };

/** By what they may do, not by what their role is called. */
export function stepsFor(may: May): Step[] {
  const first: Step = { title: 'tour.welcome', text: 'tour.welcome.text' };
  if (may.act('exports.approve'))
    return [
      { ...first, text: 'tour.welcome.manager' },
      { title: 'tour.approvals', text: 'tour.approvals.text', at: '/approvals' },
      bell,
      find,
      help,
    ];
  if (may.object('follow_up', 'create'))
    return [
      { ...first, text: 'tour.welcome.rep' },
      { title: 'tour.today', text: 'tour.today.text', at: '/' },
      { title: 'tour.plus', text: 'tour.plus.text', at: 'plus' },
      { title: 'tour.masked', text: 'tour.masked.text', at: 'customer' },
      find,
    ];
  if (['people.manage', 'roles.manage', 'ledger.read', 'alerts.receive'].some(may.act))
    return [{ ...first, text: 'tour.welcome.guardian' }, bell, find, help];
  return [first, find, help];
}
