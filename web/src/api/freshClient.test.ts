import { QueryClient, QueryObserver } from '@tanstack/react-query';
import { describe, expect, it } from 'vitest';
import { FreshClient } from './freshClient';

/** Somebody looks at a timeline whose first answer is on its way; what the answers say is told one by one. */
function opened(client: QueryClient) {
  const answers: ((value: string) => void)[] = [];
  const observer = new QueryObserver(client, {
    queryKey: ['timeline', 'customer', 'c1'],
    queryFn: () => new Promise<string>((resolve) => answers.push(resolve)),
    staleTime: 15_000,
    retry: false,
  });
  const leave = observer.subscribe(() => {});
  return { answers, leave, shown: () => observer.getCurrentResult().data };
}
const settled = () => new Promise((resolve) => setTimeout(resolve, 5));

describe('news that comes before the first answer', () => {
  it('is asked for once that answer is there', async () => {
    const client = new FreshClient();
    const page = opened(client);
    void client.invalidateQueries({ queryKey: ['timeline', 'customer', 'c1'] });
    // A second piece of news, by a wider key, is served by the same question.
    void client.invalidateQueries({ queryKey: ['timeline'] });
    page.answers[0]?.('before the follow-up');
    await settled();
    expect(page.answers).toHaveLength(2);
    page.answers[1]?.('with the follow-up');
    await settled();
    expect(page.shown()).toBe('with the follow-up');
    expect(page.answers).toHaveLength(2);
    page.leave();
  });

  it('is lost by the client as it comes, which is why there is another', async () => {
    const client = new QueryClient();
    const page = opened(client);
    void client.invalidateQueries({ queryKey: ['timeline'] });
    page.answers[0]?.('before the follow-up');
    await settled();
    expect(page.answers).toHaveLength(1);
    page.leave();
  });

  it('is not asked for where nobody looks any more', async () => {
    const client = new FreshClient();
    const page = opened(client);
    const told = client.invalidateQueries({ queryKey: ['timeline'] });
    page.leave();
    page.answers[0]?.('before the follow-up');
    await told;
    expect(page.answers).toHaveLength(1);
  });

  it('reaches the page that opens while its first answer, asked for ahead, is still on its way', async () => {
    const client = new FreshClient();
    const answers: ((value: string) => void)[] = [];
    const timeline = {
      queryKey: ['timeline', 'customer', 'c1'],
      queryFn: () => new Promise<string>((resolve) => answers.push(resolve)),
      staleTime: 15_000,
    };
    void client.prefetchQuery(timeline);
    void client.invalidateQueries({ queryKey: ['timeline'] });
    const observer = new QueryObserver(client, timeline);
    const leave = observer.subscribe(() => {});
    answers[0]?.('before the follow-up');
    await settled();
    answers[1]?.('with the follow-up');
    await settled();
    expect(observer.getCurrentResult().data).toBe('with the follow-up');
    leave();
  });

  it('is asked for after a first answer that was a refusal', async () => {
    const client = new FreshClient();
    let asked = 0;
    const observer = new QueryObserver(client, {
      queryKey: ['record', 'customer', 'c1'],
      queryFn: () => (++asked === 1 ? Promise.reject(new Error('404')) : Promise.resolve('there')),
      retry: false,
    });
    const leave = observer.subscribe(() => {});
    await client.invalidateQueries({ queryKey: ['record', 'customer', 'c1'] });
    expect(observer.getCurrentResult().data).toBe('there');
    leave();
  });
});
