/** Who takes what, and why: filtered by object and heir, changed one by one or all that are shown. */
import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { api, seg } from '@/api/client';
import type { Handover, HandoverItem, PersonRef } from '@/api/contract';
import { directoryQuery, queryClient } from '@/api/queries';
import { t, tCode } from '@/i18n';
import { PersonField } from '@/records/actions/PersonField';
import { useHere } from '@/records/form/useHere';
import { useObjectName } from '@/records/objectName';
import { problemText, toastProblem } from '@/records/problemText';
import { Button } from '@/ui/Button';
import { Select, Tick } from '@/ui/Input';
import { Sheet } from '@/ui/Sheet';
import { Tag, type Tone } from '@/ui/Tag';
import { toast } from '@/ui/toast';
import css from './handovers.module.css';

const SHOWN = 30;
/** Most that one change may give other heirs. */
const CHUNK = 500;
const tones: Record<HandoverItem['state'], Tone> = {
  waiting: 'grey',
  moved: 'jade',
  elsewhere: 'indigo',
  refused: 'cinnabar',
};

type Props = { handover: Handover; items: HandoverItem[]; editable: boolean };

export function Plan({ handover, items, editable }: Props) {
  const nameOf = useObjectName();
  const directory = useQuery(directoryQuery);
  const [object, setObject] = useState('');
  const [heir, setHeir] = useState('');
  const [most, setMost] = useState(SHOWN);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [assigning, setAssigning] = useState(false);

  const people = useMemo(
    () => new Map(directory.data?.map((person) => [person.id, person.name])),
    [directory.data],
  );
  const objects = [...new Set(items.map((item) => item.object))];
  const heirs = [...new Set(items.map((item) => item.proposed ?? ''))];
  const who = (id: string) => people.get(id) ?? id;
  const matching = items.filter(
    (item) =>
      (object === '' || item.object === object) &&
      (heir === '' || (heir === 'none' ? !item.proposed : item.proposed === heir)),
  );
  const movable = matching.filter((item) => item.state === 'waiting' || item.state === 'refused');
  const picked = items.filter((item) => chosen.has(item.record));
  const total = handover.progress.total ?? 0;

  function toggle(ids: string[], on: boolean) {
    const next = new Set(chosen);
    for (const id of ids) on ? next.add(id) : next.delete(id);
    setChosen(next);
  }

  return (
    <section className={css.card} aria-labelledby="plan-title">
      <h2 id="plan-title">{t('handovers.plan')}</h2>
      <p className={css.note}>{t('handovers.plan.note')}</p>
      {items.length < total && (
        <p className={css.note} role="status">
          {t('handovers.plan.loading', { n: items.length, total })}
        </p>
      )}
      {items.length === 0 && total === 0 ? (
        <p className={css.note}>{t('handovers.plan.empty')}</p>
      ) : (
        <>
          <div className={css.filters}>
            <Select
              aria-label={t('handovers.filter.object')}
              value={object}
              onChange={(event) => setObject(event.target.value)}
            >
              <option value="">{t('handovers.plan.all')}</option>
              {objects.map((name) => (
                <option key={name} value={name}>
                  {nameOf(name)}
                </option>
              ))}
            </Select>
            <Select
              aria-label={t('handovers.filter.heir')}
              value={heir}
              onChange={(event) => setHeir(event.target.value)}
            >
              <option value="">{t('handovers.filter.heir.all')}</option>
              {heirs.map((id) => (
                <option key={id || 'none'} value={id || 'none'}>
                  {id ? who(id) : t('handovers.filter.heir.none')}
                </option>
              ))}
            </Select>
          </div>
          {editable && movable.length > 0 && (
            <div className={css.bulk}>
              <Tick
                checked={movable.every((item) => chosen.has(item.record))}
                onChange={(event) =>
                  toggle(
                    movable.map((item) => item.record),
                    event.target.checked,
                  )
                }
              >
                {t('handovers.select.all', { n: movable.length })}
              </Tick>
              <Button small disabled={picked.length === 0} onClick={() => setAssigning(true)}>
                {t('handovers.assign')}
                {picked.length > 0 && ` (${t('handovers.selected', { n: picked.length })})`}
              </Button>
            </div>
          )}
          <ul className={css.items}>
            {matching.slice(0, most).map((item) => (
              <li key={item.record}>
                <Row
                  item={item}
                  object={nameOf(item.object)}
                  heir={item.proposed ? who(item.proposed) : null}
                  chosen={chosen.has(item.record)}
                  onChoose={
                    editable && (item.state === 'waiting' || item.state === 'refused')
                      ? (on) => toggle([item.record], on)
                      : undefined
                  }
                />
              </li>
            ))}
          </ul>
          {matching.length > most && (
            <Button look="quiet" onClick={() => setMost(most + 200)}>
              {t('handovers.plan.more', { n: Math.min(200, matching.length - most) })}
            </Button>
          )}
        </>
      )}
      {assigning && (
        <AssignSheet
          handover={handover}
          items={picked}
          onDone={() => setChosen(new Set())}
          onClose={() => setAssigning(false)}
        />
      )}
    </section>
  );
}

type RowProps = {
  item: HandoverItem;
  object: string;
  heir: string | null;
  chosen: boolean;
  onChoose: ((on: boolean) => void) | undefined;
};

function Row({ item, object, heir, chosen, onChoose }: RowProps) {
  const words = (
    <span className={css.itemWords}>
      <b>{item.title ?? t('handovers.hidden')}</b>
      <small>
        {object} · {heir ? t('handovers.heir', { name: heir }) : t('handovers.heir.none')}
        {heir && item.why !== 'nobody_fits' && ` · ${tCode('handovers.why', item.why)}`}
      </small>
    </span>
  );
  return (
    <>
      {onChoose ? (
        <Tick checked={chosen} onChange={(event) => onChoose(event.target.checked)}>
          {words}
        </Tick>
      ) : (
        words
      )}
      <Tag tone={heir || item.state !== 'waiting' ? tones[item.state] : 'amber'}>
        {t(`handovers.item.${item.state}`)}
      </Tag>
    </>
  );
}

function AssignSheet({
  handover,
  items,
  onDone,
  onClose,
}: {
  handover: Handover;
  items: HandoverItem[];
  onDone: () => void;
  onClose: () => void;
}) {
  const [heir, setHeir] = useState<PersonRef | null>(null);
  const [busy, setBusy] = useState(false);
  const here = useHere();
  const [error, setError] = useState<string | null>(null);

  async function assign() {
    if (!heir) return setError(t('act.person_needed'));
    setBusy(true);
    setError(null);
    try {
      for (let from = 0; from < items.length; from += CHUNK) {
        const part = items.slice(from, from + CHUNK);
        const assignments = Object.fromEntries(part.map((item) => [item.record, heir.id]));
        await api.patch(`/handovers/${seg(handover.id)}`, { assignments });
      }
      toast(t('handovers.assigned', { n: items.length, name: heir.name ?? '' }));
      onDone();
      if (here.current) onClose();
    } catch (problem) {
      if (!here.current) toastProblem(problem);
      setError(problemText(problem));
      setBusy(false);
    }
    void queryClient.invalidateQueries({ queryKey: ['handover', handover.id] });
  }

  return (
    <Sheet
      title={t('handovers.assign')}
      closeWord={t('close')}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{t('cancel')}</Button>
          <Button look="primary" busy={busy} onClick={() => void assign()}>
            {t('save')}
          </Button>
        </>
      }
    >
      <p>{t('handovers.selected', { n: items.length })}</p>
      <PersonField id="heir" label={t('handovers.assign.to')} value={heir} onChange={setHeir} error={error} />
    </Sheet>
  );
}
