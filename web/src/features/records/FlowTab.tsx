/** 流程: the way this record went. Where it stands, what was decided about it, whose it was. */
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { Change, KedunRecord, ObjectDef, Task } from '@/api/contract';
import { isGone } from '@/api/problem';
import { historyQuery, tasksQuery } from '@/api/queries';
import { say, t, tCode } from '@/i18n';
import { dateTime } from '@/i18n/format';
import { ProblemState } from '@/records/ProblemState';
import { stageField, stepNow, stepsOf } from '@/records/stage/stage';
import { cx } from '@/ui/cx';
import { Icon, type IconName } from '@/ui/Icon';
import { Skeleton, State } from '@/ui/State';
import { Tag } from '@/ui/Tag';
import css from './FlowTab.module.css';

type Event = {
  key: string;
  at: string;
  by: string;
  icon: IconName;
  title: string;
  text: string;
  why?: string;
};
const moves = ['transfer', 'claim', 'release', 'delete', 'restore'];

export function FlowTab({ record, object }: { record: KedunRecord; object: ObjectDef }) {
  const history = useQuery({ ...historyQuery(record.object, record.id), enabled: record.rights.history });
  const tasks = useQuery(tasksQuery('all'));
  const field = stageField(object);
  if (history.isLoading || tasks.isPending) return <Skeleton rows={4} label={t('loading')} />;
  const failed = [history, tasks].find((asked) => asked.error && (!asked.data || isGone(asked.error)));
  const again = () => {
    void history.refetch();
    void tasks.refetch();
  };
  if (failed) return <ProblemState error={failed.error} retry={again} />;

  const label = (value: unknown) => {
    const step = field?.options?.find((option) => option.value === value);
    return step ? say(step.label) : t('none');
  };
  const clearOf = (value: unknown) =>
    value && typeof value === 'object' && 'value' in value ? value.value : null;
  const events: Event[] = (history.data ?? []).flatMap((change: Change, index): Event[] => {
    const stage = field && change.fields.find((item) => item.name === field.name);
    const base = { key: `${change.at}${index}`, at: change.at, by: change.by.name ?? t('timeline.system') };
    if (stage)
      return [
        {
          ...base,
          icon: 'stage' as const,
          title: t('timeline.stage'),
          text: t('timeline.change', { from: label(clearOf(stage.from)), to: label(clearOf(stage.to)) }),
        },
      ];
    if (!moves.includes(change.action)) return [];
    const { from, to } = change.people ?? {};
    return [
      {
        ...base,
        icon: change.action === 'delete' ? ('trash' as const) : ('transfer' as const),
        title: tCode('flow', change.action),
        text:
          from || to
            ? t('timeline.change', { from: from?.name ?? t('none'), to: to?.name ?? t('none') })
            : '',
        ...(change.reason
          ? { why: t('timeline.reason', { reason: tCode('history.reason', change.reason) }) }
          : {}),
      },
    ];
  });
  const about = (tasks.data ?? []).filter((task) => task.snapshot?.record === record.id);
  const now = field && stepNow(record, field);
  /** When a step was last entered, as far as the history goes. */
  const entered = (value: string) =>
    history.data?.find((change) =>
      change.fields.some((item) => item.name === field?.name && clearOf(item.to) === value),
    )?.at;

  return (
    <div className={css.flow}>
      {field && now && (
        <section aria-label={say(field.label)}>
          <h2>{say(field.label)}</h2>
          <ol className={css.way}>
            {stepsOf(field).map((step) => {
              const here = step.value === now.value;
              const at = entered(step.value);
              return (
                <li
                  key={step.value}
                  className={cx(here && css.here)}
                  aria-current={here ? 'step' : undefined}
                >
                  <i className={css.dot} aria-hidden="true" />
                  <span>{say(step.label)}</span>
                  {here && <Tag tone={step.outcome === 'lost' ? 'cinnabar' : 'jade'}>{t('stage.now')}</Tag>}
                  {at && <time dateTime={at}>{dateTime(at)}</time>}
                </li>
              );
            })}
          </ol>
        </section>
      )}
      {about.length > 0 && (
        <section aria-label={t('approvals.title')}>
          <h2>{t('approvals.title')}</h2>
          <ul className={css.list}>
            {about.map((task) => (
              <Decision key={task.id} task={task} />
            ))}
          </ul>
        </section>
      )}
      {record.rights.history && (
        <section aria-label={t('flow.changes')}>
          <h2>{t('flow.changes')}</h2>
          {events.length === 0 ? (
            <State small icon="flow" title={t('flow.empty')} why={t('flow.empty.why')} />
          ) : (
            <ol className={css.list}>
              {events.map((event) => (
                <li key={event.key} className={css.item}>
                  <Icon name={event.icon} size={18} />
                  <div>
                    <p>
                      <b>{event.title}</b> {event.text}
                    </p>
                    <p className={css.meta}>
                      {event.by} · <time dateTime={event.at}>{dateTime(event.at)}</time>
                    </p>
                    {event.why && <p className={css.meta}>{event.why}</p>}
                  </div>
                </li>
              ))}
            </ol>
          )}
        </section>
      )}
    </div>
  );
}

function Decision({ task }: { task: Task }) {
  return (
    <li className={css.item}>
      <Icon name="approvals" size={18} />
      <div>
        <p>
          <Link to="/approvals" search={{ tab: task.decidable ? 'waiting' : task.mine ? 'asked' : 'done' }}>
            {tCode('task.kind', task.kind)}
          </Link>{' '}
          <Tag tone={task.state === 'open' ? 'amber' : 'grey'}>{tCode('task.state', task.state)}</Tag>
        </p>
        <p className={css.meta}>
          {task.requester.name} · {dateTime(task.created_at)}
        </p>
        {task.decided_by && task.decided_at && (
          <p className={css.meta}>
            {t('approvals.decider')} {task.decided_by.name} · {dateTime(task.decided_at)}
          </p>
        )}
        {task.comment && <p className={css.meta}>{task.comment}</p>}
      </div>
    </li>
  );
}
