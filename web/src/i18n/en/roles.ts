/** Making a role, and what roles are called. */
export const roles = {
  'roles.new': 'New role',
  'roles.new.why':
    'Choose a role to begin with, then change its names and rights. You see all of them before you publish; then you give it to people under Accounts.',
  'roles.new.from': 'Which role is the pattern?',
  'roles.new.blank': 'An empty role',
  'roles.new.blank.why': 'No right at all; begin from nothing',
  'roles.new.pattern': 'Kinds of records: {n} · Grants: {m}',
  'roles.new.like': 'Pattern: {role}',
  'roles.new.other': 'Another pattern',
  'roles.new.this': 'New role like this one',
  'roles.new.preview': 'What “{role}” will be able to do',
  'roles.new.publish': 'Publish the role',
  'roles.new.next': 'Nobody holds it when it is published; give it to people under Accounts.',
  'roles.new.done': '“{role}” is there and can be given to people',
  'roles.new.taken': 'Another role has the short name “{name}” already; choose a different one.',
  'roles.naming': 'Names',
  'roles.label.zh': 'Name in Chinese',
  'roles.label.en': 'Name in English',
  'roles.name': 'Short name',
  'roles.name.help': 'Used by the ledger and the API, never changed once published; a–z, 0–9 and _',
  'roles.held': 'Who holds it',
  'roles.own':
    'You hold this role yourself: you may look and preview, but somebody else among the security administrators has to publish it.',
  'roles.place.holders': 'Holders',
  'effect.fields': 'Shows {n} field|Shows {n} fields',
  'act.rights_answer': 'Answer what customers ask for of their own data',
} as const;
