/**
 * A query client that loses no news.
 *
 * What is asked for again although its first answer has not come yet is not asked for twice by TanStack Query: it waits
 * for the answer that is on its way and takes it for fresh, though it may have been given before the change. Somebody
 * who opens a customer in the moment in which their outbox sends a follow-up would not see it there.
 */
import {
  type InvalidateOptions,
  type InvalidateQueryFilters,
  type Query,
  QueryClient,
  type QueryKey,
} from '@tanstack/react-query';

export class FreshClient extends QueryClient {
  /** Those whose first answer is out of date before it is there; one more question serves all who brought news. */
  readonly #overtaken = new Map<Query, Promise<void>>();

  override invalidateQueries<Tagged extends QueryKey = QueryKey>(
    filters?: InvalidateQueryFilters<Tagged>,
    options: InvalidateOptions = {},
  ): Promise<void> {
    const waiting = this.getQueryCache()
      .findAll(filters)
      .filter(({ state }) => state.data === undefined && state.fetchStatus !== 'idle')
      .map((query) => this.#again(query, filters?.refetchType, options));
    const asked = super.invalidateQueries(filters, options);
    return waiting.length > 0 ? Promise.all([asked, ...waiting]).then(() => undefined) : asked;
  }

  #again(
    query: Query,
    refetchType: InvalidateQueryFilters['refetchType'],
    options: InvalidateOptions,
  ): Promise<void> {
    const known = this.#overtaken.get(query);
    if (known) return known;
    const again = Promise.resolve(query.promise)
      // Answered, refused or given up: whoever still shows it asks again.
      .catch(() => undefined)
      .then(() => {
        this.#overtaken.delete(query);
        return super.invalidateQueries(
          { queryKey: query.queryKey, exact: true, ...(refetchType ? { refetchType } : {}) },
          options,
        );
      });
    this.#overtaken.set(query, again);
    return again;
  }
}
