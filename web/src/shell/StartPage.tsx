/** Where one's day begins: a working day for whoever has customers, the duties for an administrator without any. */
import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense } from 'react';
import { meQuery, objectsQuery } from '@/api/queries';
import { t, withWords } from '@/i18n';
import { CUSTOMER } from '@/path';
import { Skeleton } from '@/ui/State';
import { administers, mayOf } from './places';

const Today = lazy(async () => ({ default: (await import('@/features/today/TodayPage')).TodayPage }));
const Duties = lazy(
  withWords(async () => ({ default: (await import('@/features/duties/DutiesPage')).DutiesPage })),
);

export function StartPage() {
  const me = useQuery(meQuery);
  const objects = useQuery(objectsQuery);
  if (me.isPending || objects.isPending) return <Skeleton label={t('loading')} />;
  const may = mayOf(me.data, objects.data ?? []);
  return (
    <Suspense fallback={<Skeleton label={t('loading')} />}>
      {administers(may) && !may.object(CUSTOMER) ? <Duties /> : <Today />}
    </Suspense>
  );
}
