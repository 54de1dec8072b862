/**
 * A store of sealed bytes in IndexedDB. A browser that keeps nothing (private windows) has none, and says so by null.
 */
export type Shelf = <T>(
  mode: IDBTransactionMode,
  work: (store: IDBObjectStore) => IDBRequest<T>,
) => Promise<T | null>;

export function openShelf(name: string, store: string): Shelf {
  let opening: Promise<IDBDatabase | null> | null = null;
  const database = () => {
    opening ??= new Promise((resolve) => {
      if (typeof indexedDB === 'undefined') return resolve(null);
      const request = indexedDB.open(name, 1);
      request.onupgradeneeded = () => request.result.createObjectStore(store);
      request.onsuccess = () => {
        // A browser may clear the disk under us; the next one who writes opens it anew.
        request.result.onclose = () => {
          opening = null;
        };
        resolve(request.result);
      };
      request.onerror = () => resolve(null);
    });
    return opening;
  };
  return async <T>(mode: IDBTransactionMode, work: (store: IDBObjectStore) => IDBRequest<T>) => {
    const db = await database();
    if (!db) return null;
    return new Promise<T | null>((resolve) => {
      db.addEventListener('close', () => resolve(null), { once: true });
      let transaction: IDBTransaction;
      try {
        transaction = db.transaction(store, mode, { durability: 'strict' });
      } catch {
        // It is being cleared this moment: there is nothing on it.
        opening = null;
        return resolve(null);
      }
      const request = work(transaction.objectStore(store));
      transaction.oncomplete = () => resolve(request.result);
      transaction.onabort = () => resolve(null);
    });
  };
}
