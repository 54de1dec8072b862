/** Why the next page of a list did not come: the button behind it only stops turning. */
import { ProblemState } from './ProblemState';

type Props = {
  page: { isFetchNextPageError: boolean; error: Error | null; fetchNextPage: () => Promise<unknown> };
};

export function NextProblem({ page }: Props) {
  if (!page.isFetchNextPageError) return null;
  return <ProblemState error={page.error} retry={() => void page.fetchNextPage()} small />;
}
