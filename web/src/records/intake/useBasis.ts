/**
 * Whether a new record must bring the ground that its personal data stands on.
 *
 * A customer or a lead is somebody new and always must. What stands beneath a customer rests on that customer's basis,
 * and asks for one only where none is in force: so the consents say if they may be read, or the server once it is asked.
 */
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { ObjectDef, Reference } from '@/api/contract';
import { consentsQuery } from '@/api/queries';
import type { Values } from '@/offline/drafts';
import { CUSTOMER } from '@/path';

export type Basis = {
  /** Whether notice and consent belong to the form now. */
  wanted: boolean;
  /** Whether that is because the customer above has none in force. */
  lacking: boolean;
  /** The server said so. */
  ask: () => void;
};

export function useBasis(object: ObjectDef, values: Values): Basis {
  const above = object.parent?.object === CUSTOMER ? object.parent : null;
  const id = above ? (values[above.field] as Reference | undefined)?.id : undefined;
  const consents = useQuery({
    ...consentsQuery(CUSTOMER, id ?? ''),
    enabled: id !== undefined,
    retry: false,
  });
  const [asked, setAsked] = useState<string | null>(null);
  const lacking =
    above !== null &&
    id !== undefined &&
    (asked === id ||
      consents.data?.every((one) => one.kind !== 'collect' || one.withdrawn_at !== null) === true);
  return { wanted: above === null || lacking, lacking, ask: () => setAsked(id ?? null) };
}
