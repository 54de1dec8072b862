/** What waits for me, and what I asked for. */
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { useId, useState } from 'react';
import type { Task } from '@/api/contract';
import { tasksQuery } from '@/api/queries';
import { t, tCode } from '@/i18n';
import { nearTime } from '@/i18n/format';
import { ProblemState } from '@/records/ProblemState';
import { Icon } from '@/ui/Icon';
import { Skeleton, State } from '@/ui/State';
import { TabPanel, Tabs } from '@/ui/Tabs';
import { Tag } from '@/ui/Tag';
import css from './approvals.module.css';
import { isForMe, isOpen, taskTone } from './snapshot';
import { TaskSheet } from './TaskSheet';

const route = getRouteApi('/app/approvals');
type Tab = 'waiting' | 'asked' | 'done';

export function ApprovalsPage() {
  const { tab = 'waiting' } = route.useSearch();
  const navigate = useNavigate({ from: '/approvals' });
  const panel = useId();
  const open = useQuery(tasksQuery('open'));
  const done = useQuery({ ...tasksQuery('all'), enabled: tab === 'done' });
  const [picked, setPicked] = useState<Task | null>(null);

  const query = tab === 'done' ? done : open;
  const belongs = { waiting: isForMe, asked: (item: Task) => item.mine, done: (item: Task) => !isOpen(item) };
  const tasks = (query.data ?? []).filter(belongs[tab]);
  const waiting = open.data?.filter(isForMe).length ?? 0;
  // What was decided or put on hold meanwhile leaves the list, and stays open with what was typed and what is said of it.
  const task = picked && (query.data?.find((item) => item.id === picked.id) ?? picked);

  return (
    <div className={css.page}>
      <h1 className={css.title}>{t('approvals.title')}</h1>
      <Tabs<Tab>
        label={t('approvals.title')}
        panel={panel}
        value={tab}
        onChange={(key) => void navigate({ search: { tab: key }, replace: true })}
        tabs={[
          { key: 'waiting', label: t('approvals.waiting'), count: waiting },
          { key: 'asked', label: t('approvals.asked') },
          { key: 'done', label: t('approvals.done') },
        ]}
      />
      <TabPanel id={panel} tab={tab}>
        {query.isPending && <Skeleton label={t('loading')} />}
        {query.error && <ProblemState error={query.error} retry={() => query.refetch()} />}
        {query.data && tasks.length === 0 && (
          <State
            icon="approvals"
            title={t(`approvals.empty.${tab}`)}
            why={t('approvals.empty.why')}
            action={tab === 'asked' ? <Link to="/exports">{t('exports.title')}</Link> : undefined}
          />
        )}
        <ul className={css.list}>
          {tasks.map((item) => (
            <TaskRow key={item.id} task={item} onOpen={() => setPicked(item)} />
          ))}
        </ul>
      </TabPanel>
      {task && <TaskSheet task={task} onClose={() => setPicked(null)} />}
    </div>
  );
}

function TaskRow({ task, onOpen }: { task: Task; onOpen: () => void }) {
  const rows = task.snapshot?.rows;
  return (
    <li>
      <button type="button" className={css.row} onClick={onOpen}>
        <span className={css.words}>
          <span className={css.line}>
            <b>{tCode('task.kind', task.kind)}</b>
            <Tag tone={taskTone(task.state)}>{tCode('task.state', task.state)}</Tag>
          </span>
          <span className={css.meta}>
            {task.requester?.name} · {nearTime(task.created_at)}
            {typeof rows === 'number' && ` · ${t('list.count', { n: rows })}`}
          </span>
        </span>
        <Icon name="next" size={18} />
      </button>
    </li>
  );
}
