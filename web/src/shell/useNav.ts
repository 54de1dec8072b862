/** Where one can go: the five of the bottom bar, and on a desktop whatever else the person may use. */
import { useQuery } from '@tanstack/react-query';
import type { ObjectRef } from '@/api/contract';
import { objectsQuery } from '@/api/queries';
import { CUSTOMER } from '@/path';
import { type IconName, isIcon } from '@/ui/Icon';

/** Reached from their customer or lead; a list of their own would only repeat it. */
const within = ['follow_up', 'file', 'plan', 'consent', 'lead_consent'];
/** Shown by pages of their own. */
const elsewhere = [
  'export_case',
  'handover',
  'alert',
  'rights_request',
  'erasure',
  'review',
  'spot_check',
  'spot_score',
];
/** In the order of the work: from a lead to the money, then service. What a designer added comes after. */
const order = [
  'lead',
  'contact',
  'opportunity',
  'quote',
  'contract',
  'payment',
  'product',
  'ticket',
  'complaint',
];
const rank = (name: string) => (order.includes(name) ? order.indexOf(name) : order.length);

export function iconOf(object: ObjectRef): IconName {
  if (object.name === CUSTOMER) return 'customers';
  if (isIcon(object.name)) return object.name;
  return object.icon && isIcon(object.icon) ? object.icon : 'box';
}

export function useObjects(): {
  customer: ObjectRef | undefined;
  others: ObjectRef[];
  creatable: ObjectRef[];
  /** Whether a follow-up can be written. */
  mayFollow: boolean;
  /** Whether photos and files can be added to customers. */
  mayFile: boolean;
  /** Whether there is anything to begin with ＋. */
  mayBegin: boolean;
} {
  const objects = useQuery(objectsQuery);
  const all = objects.data ?? [];
  const others = all
    .filter((item) => item.name !== CUSTOMER && ![...within, ...elsewhere].includes(item.name))
    .sort((a, b) => rank(a.name) - rank(b.name));
  const creatable = all.filter(
    (item) => [CUSTOMER, 'lead'].includes(item.name) && item.verbs.includes('create'),
  );
  const mayFollow = all.some((item) => item.name === 'follow_up' && item.verbs.includes('create'));
  const mayFile = all.some((item) => item.name === 'file' && item.verbs.includes('create'));
  const mayBegin = mayFollow || creatable.length > 0;
  return {
    mayFollow,
    mayFile,
    mayBegin,
    customer: all.find((item) => item.name === CUSTOMER),
    others,
    creatable,
  };
}
