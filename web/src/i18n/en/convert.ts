/** A lead becomes a customer. */
export const convert = {
  'convert.title': 'Convert to {object}',
  'convert.along': 'Comes along from the lead',
  'convert.along.none': 'There is nothing to bring along.',
  'convert.left':
    'Stays behind: {fields}. You see less of it on the lead than you would there, or it does not fit.',
  'convert.sealed': 'Values are moved and sealed anew by the system without being shown.',
  'convert.consents': 'Consents in force come along.',
  'convert.join': 'This customer is known already: convert into it instead of making another.',
  'convert.also': 'Also create: {object}',
  'convert.also.with': 'with {fields}',
  'convert.known': 'Known already by this name or number:',
  'convert.into.this': 'Convert into this one',
  'convert.into': 'Into “{title}”',
  'convert.into.why':
    'Its own data stay as they are; the consents of the lead, and what you tick below, are added to it.',
  'convert.into.not': 'Make a new one instead',
  'convert.intake': 'No consent of this lead is in force: show the notice and ask again.',
  'convert.run': 'Convert to {object}',
  'convert.run.into': 'Convert into it',
  'convert.done': 'Converted to the {object} “{title}”',
  'convert.advice': 'Is the need confirmed? As a {object} it can be followed up, quoted and signed.',
  'convert.became': 'Converted to the {object}',
} as const;
