/** Three sentences for each screen, and the first tour. */
import type { help as zh } from '../zh-CN/help';

export const help: Record<keyof typeof zh, string> = {
  'help.title': 'This screen',
  'help.today':
    'This is what your day asks of you: what is overdue, due, about to fall to the pool, and newly yours.\nTap “Follow up” and write one sentence, and the item is done; with nothing to write, tap “Complete”.\nWhen all is done the page is empty; nothing hides elsewhere.',
  'help.list':
    'These are the records you may see; the tabs are views of them, and your own filters can become a view.\nPhones and the like are masked; pick a purpose inside a record to see one.\nAdd, drag and freeze columns as you like: only your own list changes.',
  'help.record':
    'This is one record: the facts and the next step above, follow-ups, details and what belongs to it below.\nA value with a lock is shown for a purpose, for thirty seconds, and each look is recorded.\n“Who looked” lists everybody who saw, revealed or exported it.',
  'help.intake':
    'Here a new customer is entered in twenty seconds; the rest can follow later.\nBefore personal data is collected the customer is shown the notice and agrees, and that is kept with the record.\nIf the customer is known already, you are told while you type: what you may see opens, of what you may not you learn which team to ask.',
  'help.follow_up':
    'Choose whom you were in touch with, then write one sentence about it.\nWhat is half written stays sealed on this device, also without a network.\nAfter a follow-up a customer does not fall to the pool.',
  'help.approvals':
    'Here is what waits for you, what you asked for, and what was decided.\nYou approve exactly what you see; if it changes, the approval is void.\nYour own requests are decided by somebody else.',
  'help.exports':
    'Here are the exports you asked for, their progress and their files.\nA file carries your watermark, is destroyed when it expires, and each download is recorded.\nMany rows or clear personal data need your manager first.',
  'help.me':
    'This is your own account: who you are, your devices, security and look.\nOn a phone, pages without room in the bar are reached from here.\nSigning out also clears the drafts on this device.',
  'help.devices':
    'Here are the devices you signed in on and the sessions that are open.\nIf a phone is lost, tap “Lost”: its sessions end at once and its drafts no longer open.\nIf you do not know a device, end it and then change your password.',
  'help.security':
    'Here you change your password and turn two-step sign-in on or off.\nWith it on, a password alone is not enough.\nChanging the password ends your sessions elsewhere.',
  'help.board':
    'This is how your team stands: funnel, trend, who was not followed up, and what is about to fall to the pool.\nEach picture turns into a table with one tap, and each item opens the records behind it.\nNumbers count only what you may see.',
  'help.alerts':
    'Here is what the system found unusual: many reveals, reveals without a follow-up, exports out of hours or split, files opened in bulk, records asked for again and again without a right.\nRead the evidence, then end sessions, acknowledge or close; closing needs a reason.\nAlerts about yourself are answered by somebody else.',
  'help.register':
    'This is the register of all exports: who, why, what, and who approved.\nIt is reviewed once a month, and the review is recorded as well.\nFor a text that leaked, you can find here which export it came from.',
  'help.rights':
    'These are requests of customers themselves: a copy, a correction, erasure, withdrawal, a complaint.\nEach has its legal term, and the days left stand beside it.\nThe answer goes out with a receipt that can be verified.',
  'help.erasures':
    'Erasures are registered and carried out here, after a preview of what goes and what a hold keeps.\nWhoever asks cannot be whoever approves.\nAfterwards there is a signed certificate; copies in backups die with their key.',
  'help.handovers':
    'Handovers of leavers are done here: the account is frozen, then each customer finds a new owner.\nIt runs in the background; leave the page, and you are told when it is done.\nAt the end there is a signed certificate.',
  'help.retention':
    'How long each kind of record is kept, and what is over.\nYou begin the erasure of what is due; it is carried out once a colleague approves, with a certificate.\nHold what is in a lawsuit or an investigation: its term does not end then.',
  'help.spot_checks':
    'A few follow-ups are drawn at random for you to check: five minutes a week.\nThe sample follows from the root of the log; nobody can pick it, and anybody can verify it.\nThe score goes back to whose follow-up it was.',
  'help.people':
    'Accounts are opened, frozen and moved between departments here.\nWhoever keeps accounts cannot hand out rights; that is for the security administrator.\nFreezing an account ends all its sessions at once.',
  'help.roles':
    'Here is decided what each role may do with each field.\nBefore it is published you see whom it changes, and one click takes it back.\nA new field is visible to nobody.',
  'help.settings':
    'These are the settings of the whole company.\nEvery change is recorded, with who made it and when.\nSettings that you do not see belong to another administrator.',
  'help.looks':
    'Looks are counted by person and hour, of the departments you watch over.\nThe larger and darker a square, the more looks; off hours have a grey ground.\nWhat is many at night or all at once has its evidence under Alerts.',
  'help.ledger':
    'This is the log of the whole company: it only grows, and a change shows, also one by an administrator.\n“Verify in this browser” lets your own browser check it, so that you need not trust the server.\nAn auditor can take a copy along and verify it offline.',
  'help.other':
    'This screen shows only what you may see.\nLooks, reveals and exports are recorded.\nIf you need more, ask your manager or the security administrator.',
  'tour.again': 'Show the tour again',
  'tour.skip': 'Skip the tour',
  'tour.next': 'Next',
  'tour.begin': 'Begin',
  'tour.step': 'Step {n} of {of}',
  'tour.welcome': 'Welcome to Kedun',
  'tour.welcome.text': 'You see what you may see, and each look is recorded.',
  'tour.welcome.rep':
    'Your customers are here, and so is who saw or exported them; nobody carries them off. Half a minute for four places.',
  'tour.welcome.manager':
    'Your team’s customers, approvals and alerts are here. Half a minute for four places.',
  'tour.welcome.guardian':
    'What you look after is at the left, on a phone under “Me”. Each administrator sees only their own part.',
  'tour.today': 'Begin with Today',
  'tour.today.text': 'What is overdue, due or about to fall to the pool lines up here; tick it off.',
  'tour.plus': 'Twenty seconds',
  'tour.plus.text': 'Visits, calls and new customers begin here. Nothing is lost when the network goes.',
  'tour.masked': 'Why the stars',
  'tour.masked.text':
    'Personal data is masked. Tap it, pick a purpose, and it shows for thirty seconds. “Call” dials without showing the number.',
  'tour.approvals': 'Waiting for you',
  'tour.approvals.text': 'You approve exactly what you see; if it changes, the approval is void.',
  'tour.bell': 'You will be told',
  'tour.bell.text': 'Alerts, approvals, exports and handovers appear here; what you read stays read.',
  'tour.find': 'Find anything',
  'tour.find.text': 'Records, pages and actions are found here; at a desk press ⌘K or Ctrl+K.',
  'tour.help': 'When in doubt',
  'tour.help.text':
    'Each screen explains itself in three sentences; at a desk press ?. This tour is there as well.',
};
