/** The children of a record, as cards: contacts, opportunities. */
import { useInfiniteQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import type { KedunRecord, ObjectDef } from '@/api/contract';
import { isGone } from '@/api/problem';
import { recordsQuery } from '@/api/queries';
import { sayMany, sayOne, t } from '@/i18n';
import { relatingField } from '@/records/followup/shape';
import { Card } from '@/records/list/Card';
import { NextProblem } from '@/records/NextProblem';
import { ProblemState } from '@/records/ProblemState';
import { Button } from '@/ui/Button';
import { Skeleton, State } from '@/ui/State';
import css from './ListPage.module.css';

export function RelatedTab({ parent, object }: { parent: KedunRecord; object: ObjectDef }) {
  const navigate = useNavigate();
  const field = relatingField(object, parent.object) ?? parent.object;
  const page = useInfiniteQuery(
    recordsQuery(object.name, { filter: { all: [{ field, op: 'eq', value: parent.id }] }, limit: 50 }),
  );
  const create = object.verbs.includes('create')
    ? () =>
        void navigate({
          to: '/new/$object',
          params: { object: object.name },
          search: { of: parent.object, parent: parent.id },
        })
    : undefined;
  if (page.isPending) return <Skeleton rows={3} label={t('loading')} />;
  if (!page.data || isGone(page.error))
    return <ProblemState error={page.error} retry={() => page.refetch()} />;
  const records = page.data.pages.flatMap((item) => item.records);
  const button = create && (
    <Button icon="plus" onClick={create}>
      {t('list.new', { object: sayOne(object.label) })}
    </Button>
  );
  if (records.length === 0) {
    return (
      <State
        icon="box"
        title={t('list.empty', { object: sayMany(object.label).toLowerCase() })}
        why={t('related.empty')}
        action={button}
      />
    );
  }
  return (
    <>
      <ul className={css.related}>
        {records.map((record) => (
          <Card key={record.id} record={record} object={object} within={parent.object} />
        ))}
      </ul>
      <NextProblem page={page} />
      <div className={css.more}>
        {page.hasNextPage && (
          <Button look="quiet" busy={page.isFetchingNextPage} onClick={() => page.fetchNextPage()}>
            {t('list.more')}
          </Button>
        )}
        {button}
      </div>
    </>
  );
}
