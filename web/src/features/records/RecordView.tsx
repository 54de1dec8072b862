/** One record: facts and the next best action, then tabs; a composer under the thumb. */
import { useQueries, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { lazy, Suspense, useId, useState } from 'react';
import type { KedunRecord, ObjectDef } from '@/api/contract';
import { isGone } from '@/api/problem';
import { meQuery, objectQuery, objectsQuery, recordQuery } from '@/api/queries';
import { sayMany, sayOne, t, withWords } from '@/i18n';
import { CONSENTING, CUSTOMER } from '@/path';
import { ClaimButton } from '@/records/actions/ClaimButton';
import { RecordActions } from '@/records/actions/RecordActions';
import { RecordTags } from '@/records/badges';
import { ContactRow } from '@/records/ContactRow';
import { Became } from '@/records/convert/Became';
import { type Photo, Pick, readPhotos } from '@/records/files/PhotoPicker';
import { FollowUpSheet } from '@/records/followup/FollowUpSheet';
import { mayFollow } from '@/records/followup/mayFollow';
import { PlanSheet } from '@/records/followup/PlanSheet';
import { followUpShape, relatingField } from '@/records/followup/shape';
import { Timeline } from '@/records/followup/Timeline';
import { captureTypes, typeIcon } from '@/records/followup/types';
import { ProblemState } from '@/records/ProblemState';
import { useOnPaper } from '@/records/print/paper';
import { Seers } from '@/records/seers/Seers';
import { StageBar } from '@/records/stage/StageBar';
import { stageField } from '@/records/stage/stage';
import { titleOf } from '@/records/title';
import { useHas } from '@/records/useHas';
import { Icon } from '@/ui/Icon';
import { Skeleton } from '@/ui/State';
import { type Tab, TabPanel, Tabs } from '@/ui/Tabs';
import { Tag } from '@/ui/Tag';
import { toast } from '@/ui/toast';
import { AudienceTab } from './AudienceTab';
import { DataTab } from './DataTab';
import { Facts } from './Facts';
import { FilesTab } from './FilesTab';
import { FlowTab } from './FlowTab';
import { HistoryTab } from './HistoryTab';
import { NextAction } from './NextAction';
import css from './RecordView.module.css';
import { RelatedTab } from './RelatedTab';
import { RightsTab } from './RightsTab';
import { useEditKey } from './useListKeys';

const ConvertSheet = lazy(
  withWords(async () => ({ default: (await import('@/records/convert/ConvertSheet')).ConvertSheet })),
);

type Props = { object: ObjectDef; id: string; onGone: () => void };

function Held({ mayLift }: { mayLift: boolean }) {
  return (
    <p className={css.held}>
      <Icon name="lock" size={16} />
      <span>
        {t('held.why')} {mayLift && <Link to="/retention">{t('held.to_holds')}</Link>}
      </span>
    </p>
  );
}

export function RecordView({ object, id, onGone }: Props) {
  const record = useQuery(recordQuery(object.name, id));
  if (record.isPending) return <Skeleton rows={5} label={t('loading')} />;
  if (!record.data || isGone(record.error))
    return <ProblemState error={record.error} retry={() => record.refetch()} />;
  return <Loaded object={object} record={record.data} onGone={onGone} />;
}

/** Objects that have a place of their own among the tabs of what they belong to. */
const related = ['contact', 'opportunity', 'contract', 'ticket'];

function useRelated(object: ObjectDef): ObjectDef[] {
  const objects = useQuery(objectsQuery);
  const names = related.filter(
    (name) => name !== object.name && objects.data?.some((item) => item.name === name),
  );
  const defs = useQueries({ queries: names.map((name) => objectQuery(name)) });
  return defs
    .map((def) => def.data)
    .filter((def): def is ObjectDef => def !== undefined && relatingField(def, object.name) !== null);
}

function Loaded({ object, record, onGone }: { object: ObjectDef; record: KedunRecord; onGone: () => void }) {
  const panel = useId();
  useOnPaper(object.name, () => [record.id]);
  const children = useRelated(object);
  const has = useHas();
  const followUp = useQuery({ ...objectQuery('follow_up'), enabled: has('follow_up') });
  const plan = useQuery({ ...objectQuery('plan'), enabled: has('plan') });
  const objects = useQuery(objectsQuery);
  const me = useQuery(meQuery);
  const mayAsk = me.data?.acts.includes('policy.explain') ?? false;
  const [converting, setConverting] = useState(false);
  const [sheet, setSheet] = useState<{ type?: string | undefined; taken?: Photo[] } | 'plan' | null>(null);

  const shape = followUp.data && followUpShape(followUp.data, object.name);
  // What happened stands under whom it happened with. A contact or an opportunity may be named there and has no line of
  // its own.
  const followable = followUp.data?.parent?.object === object.name;
  const mayWrite = followable && (followUp.data?.verbs.includes('create') ?? false) && mayFollow(record);
  const mayPlan =
    mayWrite && (plan.data?.verbs.includes('create') ?? false) && plan.data?.parent?.object === object.name;
  const target = { object: object.name, id: record.id, title: titleOf(record) };

  const tabs: Tab<string>[] = [];
  if (followable) tabs.push({ key: 'timeline', label: t('tab.timeline') });
  tabs.push({ key: 'data', label: t('tab.data') });
  for (const child of children) tabs.push({ key: child.name, label: sayMany(child.label) });
  if (record.rights.history && (followable || stageField(object)))
    tabs.push({ key: 'flow', label: t('tab.flow') });
  const files = objects.data?.find((item) => item.name === 'file');
  const filed = object.name === CUSTOMER && !record.rights.claim && files !== undefined;
  if (filed) tabs.push({ key: 'files', label: t('tab.files') });
  const mayShoot = mayWrite && filed && files.verbs.includes('create');
  const consenting = CONSENTING.includes(object.name) && !record.rights.claim;
  if (consenting)
    tabs.push({ key: 'rights', label: t(object.name === CUSTOMER ? 'desk.tab' : 'desk.consents') });
  if (record.rights.history) tabs.push({ key: 'history', label: t('tab.history') });
  if (record.rights.audience) tabs.push({ key: 'audience', label: t('tab.audience') });
  if (mayAsk) tabs.push({ key: 'seers', label: t('seers.title') });
  const [picked, setTab] = useState<string | null>(null);
  const tab = tabs.find((item) => item.key === picked)?.key ?? tabs[0]?.key ?? 'data';
  const child = children.find((def) => def.name === tab);
  const [edits, setEdits] = useState(0);
  useEditKey(() => {
    if (!record.rights.edit) return;
    setTab('data');
    setEdits(edits + 1);
  });

  async function shoot(pictures: FileList | null) {
    if (!pictures || pictures.length === 0) return;
    const { photos, unread } = await readPhotos(pictures);
    if (unread) toast(t('photos.unread'), 'failed');
    // A photo is most often of a visit; one tap makes it something else.
    else setSheet({ type: 'visit', taken: photos });
  }

  return (
    <article className={css.record} aria-labelledby={`${panel}-title`}>
      <header className={css.head}>
        <div className={css.titleRow}>
          <h1 id={`${panel}-title`}>{titleOf(record)}</h1>
          <RecordActions
            record={record}
            onGone={onGone}
            onPlan={mayPlan ? () => setSheet('plan') : undefined}
          />
        </div>
        <div className={css.tags}>
          <RecordTags record={record} object={object} />
          {record.held && <Tag tone="indigo">{t('held')}</Tag>}
        </div>
        {record.held && <Held mayLift={me.data?.acts.includes('retention.oversee') ?? false} />}
        <Facts record={record} object={object} />
        <StageBar record={record} object={object} />
        <Became record={record} object={object} onConvert={() => setConverting(true)} />
        {record.rights.claim ? (
          <ClaimButton record={record} />
        ) : (
          <NextAction
            record={record}
            object={object}
            onFollowUp={mayWrite ? () => setSheet({}) : undefined}
            onPlan={mayPlan ? () => setSheet('plan') : undefined}
          />
        )}
      </header>
      {!record.rights.claim && (
        <ContactRow
          record={record}
          object={object}
          onFollowUp={mayWrite ? () => setSheet({ type: 'call' }) : undefined}
          calledOnly
        />
      )}
      <div className={css.tabs}>
        <Tabs label={t('record.tabs')} panel={panel} tabs={tabs} value={tab} onChange={setTab} />
      </div>
      <TabPanel id={panel} tab={tab}>
        {tab === 'timeline' && (
          <Timeline target={target} filed={filed} onWrite={mayWrite ? () => setSheet({}) : undefined} />
        )}
        {tab === 'data' && <DataTab key={edits} record={record} object={object} editFirst={edits > 0} />}
        {tab === 'files' && filed && <FilesTab customer={target} />}
        {tab === 'rights' && consenting && <RightsTab record={record} />}
        {tab === 'flow' && <FlowTab record={record} object={object} />}
        {tab === 'history' && <HistoryTab record={record} object={object} />}
        {tab === 'audience' && <AudienceTab record={record} object={object} />}
        {tab === 'seers' && (
          <div className={css.seers}>
            <Seers object={object.name} id={record.id} fields={object.fields} />
          </div>
        )}
        {child && <RelatedTab parent={record} object={child} />}
      </TabPanel>
      {mayWrite && (
        <div className={css.composer} data-composer="">
          {captureTypes(shape?.type?.options).map((option) => (
            <button key={option.value} type="button" onClick={() => setSheet({ type: option.value })}>
              <Icon name={typeIcon(option.value)} size={18} />
              {t('followup.log', { type: sayOne(option.label) })}
            </button>
          ))}
          {mayShoot && <Pick icon="camera" label={t('photos.button')} camera onPick={shoot} />}
          <button type="button" className={css.write} onClick={() => setSheet({})}>
            <Icon name="pen" size={18} />
            {t('followup.write')}
          </button>
        </div>
      )}
      <Suspense>
        {converting && <ConvertSheet record={record} onClose={() => setConverting(false)} />}
      </Suspense>
      {sheet === 'plan' && <PlanSheet target={target} onClose={() => setSheet(null)} />}
      {sheet !== null && sheet !== 'plan' && (
        <FollowUpSheet target={target} type={sheet.type} taken={sheet.taken} onClose={() => setSheet(null)} />
      )}
    </article>
  );
}
