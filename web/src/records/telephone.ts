/**
 * The address that a dialler takes for a stored number.
 *
 * What is stored keeps the zero of an area code, because people know it; behind +86 no exchange does. An extension
 * stays out: most diallers would dial its digits as part of the number.
 */
export function telAddress(stored: string): string {
  const number = (stored.split(';')[0] ?? '').replace(/[^\d+]/g, '');
  // Numbers for service are reached from within the country only, and without its code.
  const service = /^\+86([48]00\d{7})$/.exec(number);
  return `tel:${service ? service[1] : number.replace(/^\+860/, '+86')}`;
}
