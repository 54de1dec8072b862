/** Names of places, so that nobody spells a path twice. */
export const CUSTOMER = 'customer';
export const CREATE_FORMS = ['intake', 'quick', 'create'];
