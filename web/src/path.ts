/** Names that the web must know of a suite that is otherwise data. */
export const CUSTOMER = 'customer';
/** Whose consents the house keeps: each a person, or somebody behind a lead, with a notice of their own. */
export const CONSENTING = [CUSTOMER, 'lead'];
/** Forms for a new record: the short one first, the long one behind "more". */
export const SHORT_FORM = 'quick';
export const LONG_FORMS = ['create', 'edit'];
/** The purpose under which customers' data is collected. */
export const SALES_PURPOSE = 'sales_contact';

/** Where somebody wanted to go before a door stood in the way; an address from outside must not send them elsewhere. */
export function ourPath(to: string | undefined): string {
  if (!to?.startsWith('/')) return '/';
  const { origin, pathname, search, hash } = new URL(to, location.origin);
  return origin === location.origin ? pathname + search + hash : '/';
}
