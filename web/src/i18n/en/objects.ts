/** Names of objects, for those who read how many there are and may not see one. */
export const objects = {
  'objects.customer': 'Customers',
  'objects.contact': 'Contacts',
  'objects.lead': 'Leads',
  'objects.follow_up': 'Follow-ups',
  'objects.file': 'Files',
  'objects.plan': 'Plans',
  'objects.opportunity': 'Opportunities',
  'objects.quote': 'Quotes',
  'objects.contract': 'Contracts',
  'objects.payment': 'Payments',
  'objects.ticket': 'Tickets',
  'objects.complaint': 'Complaints',
  'objects.consent': 'Consents',
  'objects.lead_consent': 'Consents of leads',
  'objects.product': 'Products',
  'objects.export_case': 'Exports',
};
