/** One request: who asks, in their words, how much time is left, and the one thing to do next. */
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import { rightsOneQuery } from '@/api/cases';
import type { PersonRef, RightsDetail } from '@/api/contract';
import { meQuery, objectQuery } from '@/api/queries';
import { FieldText } from '@/fields';
import { say, t, tCode } from '@/i18n';
import { date, dateTime, kilobytes } from '@/i18n/format';
import { CUSTOMER } from '@/path';
import { ProblemState } from '@/records/ProblemState';
import { useOnPaper } from '@/records/print/paper';
import css from '@/records/rights/case.module.css';
import { daysLeft, isSettled, leftText, leftTone, stateTones } from '@/records/rights/clock';
import { Button } from '@/ui/Button';
import { Icon } from '@/ui/Icon';
import { Skeleton } from '@/ui/State';
import { Tag } from '@/ui/Tag';
import { ActSheet, type DeskAct } from './ActSheet';
import { CallBack, CodeSheet, type Pickup } from './CallBack';
import { ProposeSheet } from './ProposeSheet';

const route = getRouteApi('/app/rights/$id');

export function RequestPage() {
  const { id } = route.useParams();
  const request = useQuery(rightsOneQuery(id));
  return (
    <div className={css.page}>
      <p className={css.back}>
        <Link to="/rights">
          <Icon name="back" size={18} />
          {t('rights.back')}
        </Link>
      </p>
      {request.isPending && <Skeleton rows={5} label={t('loading')} />}
      {request.error && <ProblemState error={request.error} retry={() => void request.refetch()} />}
      {/* Of one request: numbers that were shown, a code that was told, an answer that was begun. */}
      {request.data && <Loaded key={request.data.id} request={request.data} />}
    </div>
  );
}

function Loaded({ request }: { request: RightsDetail }) {
  const [act, setAct] = useState<DeskAct | 'propose' | null>(null);
  const [pickup, setPickup] = useState<Pickup | null>(null);
  const left = daysLeft(request);
  useOnPaper('rights_request', () => [request.id]);
  const mayAsk = useQuery(meQuery).data?.acts.includes('policy.explain') ?? false;
  return (
    <article>
      <header className={css.head}>
        <h1>
          {t(`rights.kind.${request.kind}`)} <small>{request.number}</small>
        </h1>
        <p className={css.line}>
          <Tag tone={stateTones[request.state]}>{t(`rights.state.${request.state}`)}</Tag>
          {left !== null && <Tag tone={leftTone(left)}>{leftText(left)}</Tag>}
        </p>
      </header>
      <div className={css.columns}>
        <div className={css.stack}>
          <Words request={request} />
          {request.proposal && <Proposed request={request} />}
          <Files request={request} />
          <Next request={request} onAct={setAct} />
          {request.acts.includes('call') && <CallBack request={request} onCode={setPickup} />}
        </div>
        <section className={css.card}>
          <dl className={css.facts}>
            <Fact label={t('rights.customer')}>
              {customer(request)}
              {mayAsk && !isSettled(request) && (
                <Link
                  to="/who"
                  search={{ object: CUSTOMER, record: request.customer.id }}
                  className={css.ask}
                >
                  {t('who.link')}
                </Link>
              )}
            </Fact>
            {request.in_charge && <Fact label={t('rights.in_charge')}>{request.in_charge}</Fact>}
            <Fact label={t('rights.received')}>
              {request.received_at ? dateTime(request.received_at) : '—'}
            </Fact>
            <Fact label={t('rights.due')}>{request.due_at ? date(request.due_at) : '—'}</Fact>
            <Fact label={t('rights.channel')}>{tCode('rights.channel', request.channel)}</Fact>
            <Fact label={t('rights.identity')}>
              {tCode('rights.identity', request.identity)}
              {name(request.identity_by)}
            </Fact>
            {request.registered_by && (
              <Fact label={t('rights.registered_by')}>{request.registered_by.name}</Fact>
            )}
            {request.handler && <Fact label={t('rights.handler')}>{request.handler.name}</Fact>}
            {request.answered_at && <Fact label={t('rights.answered')}>{dateTime(request.answered_at)}</Fact>}
            {request.refusal && (
              <Fact label={t('rights.refused_because')}>{tCode('rights.refusal', request.refusal)}</Fact>
            )}
          </dl>
          {request.linked_case && request.kind === 'erasure' && (
            <Link to="/erasures/$id" params={{ id: request.linked_case }} className={css.go}>
              {t('rights.to_erasure')}
              <Icon name="next" size={18} />
            </Link>
          )}
          {request.linked_case && request.kind === 'complaint' && (
            <Link
              to="/records/$object/$id"
              params={{ object: 'complaint', id: request.linked_case }}
              className={css.go}
            >
              {t('rights.to_complaint')}
              <Icon name="next" size={18} />
            </Link>
          )}
        </section>
      </div>
      {act === 'propose' && <ProposeSheet request={request} onClose={() => setAct(null)} />}
      {act && act !== 'propose' && (
        <ActSheet act={act} request={request} onCode={setPickup} onClose={() => setAct(null)} />
      )}
      {pickup && <CodeSheet pickup={pickup} onClose={() => setPickup(null)} />}
    </article>
  );
}

function Fact({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div>
      <dt>{label}</dt>
      <dd>{children}</dd>
    </div>
  );
}

const name = (person: PersonRef | null | undefined) => (person?.name ? ` · ${person.name}` : '');

function customer(request: RightsDetail) {
  const title = request.name ?? request.customer.title;
  if (!request.customer.title)
    return title ?? t(isSettled(request) && request.kind === 'erasure' ? 'rights.gone' : 'rights.hidden');
  return (
    <Link
      to="/records/$object/$id"
      params={{ object: 'customer', id: request.customer.id }}
      className={css.inFact}
    >
      {title}
    </Link>
  );
}

function Words({ request }: { request: RightsDetail }) {
  const may = request.acts.length > 0 || request.words !== null || request.name !== null;
  return (
    <section className={css.card}>
      <h2>{t('rights.words')}</h2>
      <p className={request.words ? css.said : css.meta}>
        {request.words ?? t(may ? 'rights.words.none' : 'rights.words.sealed')}
      </p>
      {request.objection && (
        <>
          <h2>{t('rights.objection')}</h2>
          <p className={css.said}>{request.objection}</p>
        </>
      )}
      {request.answer && (
        <>
          <h2>{t('rights.reply')}</h2>
          <p className={css.said}>{request.answer}</p>
        </>
      )}
    </section>
  );
}

function Proposed({ request }: { request: RightsDetail }) {
  const object = useQuery(objectQuery('customer'));
  const values = Object.entries(request.proposal?.fields ?? {});
  return (
    <section className={css.card}>
      <h2>{t('rights.proposal')}</h2>
      <dl className={css.facts}>
        {values.map(([field, value]) => {
          const def = object.data?.fields.find((one) => one.name === field);
          return (
            <Fact key={field} label={def ? say(def.label) : field}>
              {def ? <FieldText def={def} value={{ value }} /> : String(value)}
            </Fact>
          );
        })}
      </dl>
      {request.proposal?.by?.name && (
        <p className={css.meta}>{t('rights.proposal.by', { name: request.proposal.by.name })}</p>
      )}
    </section>
  );
}

function Files({ request }: { request: RightsDetail }) {
  const until = request.files[0]?.expires_at;
  if (!until) return null;
  return (
    <section className={css.card}>
      <h2>{t('rights.files')}</h2>
      <ul className={css.files}>
        {request.files.map((file) => (
          <li key={file.part}>
            <Icon name="exports" size={18} />
            <span>{file.name}</span>
            <span className={css.meta}>{kilobytes(file.size)}</span>
          </li>
        ))}
      </ul>
      <p className={css.meta}>{t('rights.files.note', { time: dateTime(until) })}</p>
    </section>
  );
}

function Next({ request, onAct }: { request: RightsDetail; onAct: (act: DeskAct | 'propose') => void }) {
  const may = (act: RightsDetail['acts'][number]) => request.acts.includes(act);
  const settled = isSettled(request);
  // Calling back has a card of its own and settles nothing.
  const steps = request.acts.filter((act) => act !== 'call' && act !== 'copy_code');
  return (
    <section className={css.card}>
      <h2>{t('rights.next')}</h2>
      {steps.length === 0 && (
        <p className={css.meta}>{t(settled ? 'rights.next.none' : 'rights.next.waiting')}</p>
      )}
      {may('identify') && <p className={css.meta}>{t('rights.act.identify.what')}</p>}
      {may('answer') && request.kind === 'copy' && (
        <p className={css.meta}>{t('rights.act.answer.copy.what')}</p>
      )}
      {may('propose') && <p className={css.meta}>{t('rights.act.propose.what')}</p>}
      {may('erase') && <p className={css.meta}>{t('rights.act.erase.what')}</p>}
      {steps.length > 0 && (
        <p className={css.tools}>
          {may('identify') && (
            <Button look="primary" onClick={() => onAct('identify')}>
              {t('rights.act.identify')}
            </Button>
          )}
          {may('erase') && (
            <Button look="primary" onClick={() => onAct('erase')}>
              {t('rights.act.erase')}
            </Button>
          )}
          {may('propose') && (
            <Button look="primary" onClick={() => onAct('propose')}>
              {t('rights.act.propose')}
            </Button>
          )}
          {may('answer') && (
            <Button look={may('propose') ? 'plain' : 'primary'} onClick={() => onAct('answer')}>
              {tCode('rights.act.answer', request.kind)}
            </Button>
          )}
          {may('decide') && (
            <Button look="primary" onClick={() => onAct('decide')}>
              {t('rights.act.decide')}
            </Button>
          )}
          {may('refuse') && (
            <Button look="quiet" onClick={() => onAct('refuse')}>
              {t('rights.act.refuse')}
            </Button>
          )}
        </p>
      )}
    </section>
  );
}
