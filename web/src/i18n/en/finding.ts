/** Finding the record that a guardian's question or a legal hold is about, and what a hold means for it. */
export const finding = {
  'find.record': 'Find the record',
  'find.record.help': 'By name, whole phone number or its last four digits; of what you may see.',
  'find.record.open': 'Search…',
  'find.or_address': 'Or its address',
  'who.why':
    'See who can see a record now, and why. You do not search customers yourself, and their content is not shown to you: begin with what an alert counted, or enter the address that a colleague sends you.',
  'who.why.finds': 'See who can see a record now, and why: find it as everywhere, or enter its address.',
  'who.record': 'Address of the record',
  'who.record.help':
    'Whoever has it open finds it in the address bar; its id or its number of eight characters does as well.',
  'who.of': 'Who can see {record}',
  'who.from_alerts': 'From alerts',
  'who.from_alerts.none': 'No alert has counted a record yet.',
  'who.from_alerts.none_of': 'No alert about this person has counted a record.',
  'who.person': 'Only alerts about',
  'who.link': 'Who can see it',
  'action.hold': 'Legal hold',
  held: 'On legal hold',
  'held.why': 'It can be neither changed nor destroyed until legal lifts the hold.',
  'held.to_holds': 'To the holds',
} as const;
