/** Photos and files of a customer. */
export const files = {
  'tab.files': 'Files',
  'look.file': 'Opened file',
  'files.note':
    'Encrypted under this customer’s key. Where and with what a photo was taken is removed. Everyone who opens a file is in the log.',
  'files.add': 'Add file',
  'files.shoot': 'Take photo',
  'files.empty': 'No photos or files yet',
  'files.empty.why': 'Photos of a visit, a signed contract, a price list: they stay with the customer.',
  'files.empty.may_not': 'Nothing was added yet, and you may not add files to this customer.',
  'files.full': 'This customer has {n} files, the most there can be. Remove one to add another.',
  'files.kinds': 'JPEG, PNG, WebP, PDF, Word, Excel; up to {size} each.',
  'files.hidden': 'Name hidden',
  'files.locked': 'You may know that it is there, not open it.',
  'files.line': '{size} · {who}, {time}',
  'files.open': 'Open {name}',
  'files.remove': 'Remove',
  'files.remove.one': 'Remove {name}',
  'files.remove.title': 'Remove this file?',
  'files.remove.why':
    'What it holds is deleted at once and cannot be brought back. The removal is in the log.',
  'files.removed': 'Removed',
  'files.added': '{n} file added|{n} files added',
  'files.sending': 'Sending {name}',
  'files.dismiss': 'Dismiss',
  'files.too_large': '{name} is larger than {size}.',
  'files.needs_network':
    '{name} is too large to wait here without a network. Add it again when you are back online.',
  'files.failed': '{name} was not added to {title}: {why}',
  'files.waiting': 'Photos waiting to be sent',
  'files.save': 'Save to this device',
  'files.save.note':
    'A copy on your device leaves what protects it here. Delete it when you no longer need it.',
  'files.not_shown': 'This kind of file is not shown here.',
  'files.broken': 'The picture cannot be shown.',
  'files.list': 'Files',
};
