import { useEffect, useSyncExternalStore } from 'react';
import { type Upload, uploads } from './underway';

/** Files on their way to one customer, for who shows them and what became of them. */
export function useUploads(customer: string): Upload[] {
  useEffect(() => uploads.watch(customer), [customer]);
  return useSyncExternalStore(uploads.subscribe, uploads.snapshot).filter(
    (upload) => upload.customer.id === customer,
  );
}
