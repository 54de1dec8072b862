/** Approvals: the path, and the frozen snapshot beside today. */
export const approvals = {
  'path.title': 'Path of this approval',
  'path.done': 'done',
  'path.now': 'under way',
  'path.next': 'not yet',
  'path.stopped': 'stopped',
  'path.asked': 'Asked',
  'path.decide': 'Decision',
  'path.decide.who': 'Waits for somebody else who may approve',
  'path.decide.you': 'Waits for you',
  'approvals.comment.needed': 'Please say why you reject it; the requester sees this.',
  'path.carry.export': 'File is made',
  'path.carry.export.why': 'With the rights of the requester at that time; an approval is used once',
  'path.carry.erasure': 'Destroyed, with a certificate',
  'path.carry.erasure.why': 'At once when approved; cannot be undone',
  'path.until': 'Valid until {time}',
  'compare.title': 'When asked, and now',
  'compare.at': 'Now is {time}',
  'compare.holds': 'Nothing changed since; an approval can be carried out.',
  'compare.void': 'An approval would not take effect:',
  'compare.what': 'What',
  'compare.then': 'When asked',
  'compare.now': 'Now',
  'compare.unknown': 'cannot be counted',
  'compare.rows': 'Rows',
  'compare.fields.lost': 'The requester may no longer export: {fields}',
  'compare.fewer':
    'Fewer than when asked. The approval still holds; only the rows that are there will leave.',
  'compare.reason.settled': 'This request is settled; there is nothing to compare.',
  'compare.reason.requester_gone': 'The requester’s account is frozen, and the request is void with it.',
  'compare.reason.rights_changed':
    'The requester’s rights changed; these fields can no longer leave. Reject it and let them ask again.',
  'compare.reason.more_rows':
    'More rows match than when it was asked. Only those rows were put before you: reject it and let them ask again.',
  'compare.reason.snapshot_changed':
    'The request is no longer what was frozen. Reject it and let them ask again.',
  'compare.reason.on_hold':
    'Some of the records must be kept for now; they are destroyed when the hold ends.',
  'compare.reason.gone': 'What was to be destroyed is not there any more.',
};
