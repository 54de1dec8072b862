/** Every export, by month, person and state. */
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { registerQuery, reviewsQuery } from '@/api/cases';
import { peopleQuery } from '@/api/queries';
import { t } from '@/i18n';
import { NextProblem } from '@/records/NextProblem';
import { ProblemState } from '@/records/ProblemState';
import { Button } from '@/ui/Button';
import { Select } from '@/ui/Input';
import { Skeleton, State } from '@/ui/State';
import { ExportFacts } from './ExportFacts';
import css from './register.module.css';
import { exportStates, type RegisterSearch } from './search';

type Props = { search: RegisterSearch; go: (part: RegisterSearch) => void };

export function RegisterList({ search, go }: Props) {
  const { month, person, state } = search;
  const page = useInfiniteQuery(registerQuery({ month, person, state }));
  const people = useQuery(peopleQuery(''));
  const reviews = useQuery(reviewsQuery);
  const exports = page.data?.pages.flatMap((part) => part.exports) ?? [];
  const filtered = Boolean(month || person || state);
  // Who asked for something that is shown is known by name, whether or not the directory's first page has them.
  const names = new Map(people.data?.map((one) => [one.id, one.name]));
  for (const item of exports) if (item.requester.name) names.set(item.requester.id, item.requester.name);
  return (
    <>
      <div className={css.filters}>
        <Select
          aria-label={t('register.month')}
          value={month ?? ''}
          onChange={(event) => go({ month: event.target.value || undefined })}
        >
          <option value="">{t('register.month.any')}</option>
          {reviews.data?.map((one) => (
            <option key={one.period}>{one.period}</option>
          ))}
        </Select>
        <Select
          aria-label={t('register.person')}
          value={person ?? ''}
          onChange={(event) => go({ person: event.target.value || undefined })}
        >
          <option value="">{t('register.person.any')}</option>
          {[...names].map(([id, name]) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </Select>
        <Select
          aria-label={t('register.state')}
          value={state ?? ''}
          onChange={(event) =>
            go({ state: exportStates.find((candidate) => candidate === event.target.value) })
          }
        >
          <option value="">{t('register.state.any')}</option>
          {exportStates.map((one) => (
            <option key={one} value={one}>
              {t(`export.state.${one}`)}
            </option>
          ))}
        </Select>
      </div>
      {page.isPending && <Skeleton label={t('loading')} />}
      {page.error && exports.length === 0 && <ProblemState error={page.error} retry={() => page.refetch()} />}
      {page.data && exports.length === 0 && (
        <State
          icon="register"
          title={filtered ? t('register.empty.filtered') : t('register.empty')}
          why={filtered ? t('register.empty.filtered.why') : t('register.empty.why')}
          action={
            filtered ? (
              <Button onClick={() => go({ month: undefined, person: undefined, state: undefined })}>
                {t('register.unfilter')}
              </Button>
            ) : undefined
          }
        />
      )}
      <ul className={css.list}>
        {exports.map((item) => (
          <li key={item.id}>
            <ExportFacts item={item} />
          </li>
        ))}
      </ul>
      <NextProblem page={page} />
      {page.hasNextPage && (
        <div className={css.more}>
          <Button busy={page.isFetchingNextPage} onClick={() => void page.fetchNextPage()}>
            {t('register.more')}
          </Button>
        </div>
      )}
    </>
  );
}
