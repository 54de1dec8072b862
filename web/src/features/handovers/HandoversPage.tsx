/** Who has left or is leaving, and how far each handover is; the way to begin one. */
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { handoversQuery, MOST_CASES } from '@/api/cases';
import type { Handover } from '@/api/contract';
import { meQuery } from '@/api/queries';
import { t } from '@/i18n';
import { nearTime } from '@/i18n/format';
import { Newest } from '@/records/Newest';
import { ProblemState } from '@/records/ProblemState';
import { MOST_PRINTED, useOnPaper } from '@/records/print/paper';
import { Button } from '@/ui/Button';
import { Icon } from '@/ui/Icon';
import { Skeleton, State } from '@/ui/State';
import { Tag, type Tone } from '@/ui/Tag';
import { BeginSheet } from './BeginSheet';
import css from './handovers.module.css';

export const tones: Record<Handover['state'], Tone> = { planned: 'amber', running: 'indigo', done: 'jade' };

export function HandoversPage() {
  const me = useQuery(meQuery);
  const handovers = useQuery(handoversQuery);
  const [beginning, setBeginning] = useState(false);
  useOnPaper('handover', () => (handovers.data ?? []).slice(0, MOST_PRINTED).map(({ id }) => id));
  const mayRun = me.data?.acts.includes('handovers.run') ?? false;
  const begin = mayRun && (
    <Button look="primary" icon="plus" onClick={() => setBeginning(true)}>
      {t('handovers.begin')}
    </Button>
  );
  return (
    <div className={css.page}>
      <header className={css.head}>
        <h1>{t('handovers.title')}</h1>
        {handovers.data && handovers.data.length > 0 && begin}
        <p className={css.note}>{t('handovers.note')}</p>
      </header>
      {handovers.isPending && <Skeleton label={t('loading')} />}
      {handovers.error && <ProblemState error={handovers.error} retry={() => handovers.refetch()} />}
      {handovers.data?.length === 0 && (
        <State
          icon="transfer"
          title={t('handovers.empty')}
          why={t('handovers.empty.why')}
          action={begin || undefined}
        />
      )}
      <ul className={css.cases}>
        {handovers.data?.map((item) => (
          <li key={item.id}>
            <Link to="/handovers/$id" params={{ id: item.id }}>
              <span className={css.caseWords}>
                <span className={css.caseTop}>
                  <b>{item.person?.name ?? '—'}</b>
                  <Tag tone={tones[item.state]}>{t(`handovers.state.${item.state}`)}</Tag>
                </span>
                <small>
                  {[
                    item.number,
                    item.reason && t(`handovers.reason.${item.reason}` as 'handovers.reason.other'),
                  ]
                    .concat(item.frozen_at ? nearTime(item.frozen_at) : [])
                    .filter(Boolean)
                    .join(' · ')}
                </small>
              </span>
              <span className={css.count}>
                {t('handovers.progress', { done: handled(item), total: item.progress.total ?? 0 })}
              </span>
              <Icon name="next" size={18} />
            </Link>
          </li>
        ))}
      </ul>
      <Newest n={handovers.data?.length} most={MOST_CASES} className={css.note} />
      {beginning && <BeginSheet onClose={() => setBeginning(false)} />}
    </div>
  );
}

/** What needs nobody any more. */
export const handled = (item: Handover) => (item.progress.moved ?? 0) + (item.progress.elsewhere ?? 0);
