/** The register of exports: all of them, the review of each month, and from a leaked text back to its export. */
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { useId } from 'react';
import { reviewsQuery } from '@/api/cases';
import { t } from '@/i18n';
import { Button } from '@/ui/Button';
import { Icon } from '@/ui/Icon';
import { TabPanel, Tabs } from '@/ui/Tabs';
import { RegisterList } from './RegisterList';
import { Reviews } from './Reviews';
import css from './register.module.css';
import type { RegisterSearch, RegisterTab } from './search';
import { Trace } from './Trace';

const route = getRouteApi('/app/register');
const tabs: RegisterTab[] = ['list', 'reviews', 'trace'];

export function RegisterPage() {
  const search = route.useSearch();
  const navigate = useNavigate({ from: '/register' });
  const tab: RegisterTab = search.tab ?? 'list';
  const panel = useId();
  const reviews = useQuery(reviewsQuery);
  const due = reviews.data?.filter((month) => month.state === 'due') ?? [];
  const go = (part: RegisterSearch) =>
    void navigate({ search: (old) => ({ ...old, ...part }), replace: true });
  return (
    <div className={css.page}>
      <header className={css.head}>
        <h1>{t('register.title')}</h1>
        <p>{t('register.note')}</p>
      </header>
      <Tabs<RegisterTab>
        label={t('register.title')}
        panel={panel}
        value={tab}
        onChange={(key) => go({ tab: key === 'list' ? undefined : key })}
        tabs={tabs.map((key) => ({
          key,
          label: t(`register.tab.${key}`),
          ...(key === 'reviews' ? { count: due.length } : {}),
        }))}
      />
      <TabPanel id={panel} tab={tab}>
        {tab === 'list' && due[0] && (
          <p className={css.due}>
            <Icon name="clock" size={18} />
            <span>
              {due.length === 1
                ? t('register.due', { month: due[0].period })
                : t('register.due.n', { n: due.length })}
            </span>
            <Button small onClick={() => go({ tab: 'reviews' })}>
              {t('register.due.go')}
            </Button>
          </p>
        )}
        {tab === 'list' && <RegisterList search={search} go={go} />}
        {tab === 'reviews' && <Reviews go={go} />}
        {tab === 'trace' && <Trace />}
      </TabPanel>
    </div>
  );
}
