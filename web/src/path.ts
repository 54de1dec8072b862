/** Names that the web must know of a suite that is otherwise data. */
export const CUSTOMER = 'customer';
/** Forms for a new record: the short one first, the long one behind "more". */
export const SHORT_FORM = 'quick';
export const LONG_FORMS = ['create', 'edit'];
/** The purpose under which customers' data is collected. */
export const SALES_PURPOSE = 'sales_contact';
