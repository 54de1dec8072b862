/** The register of erasures. */
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { erasuresQuery, MOST_CASES } from '@/api/cases';
import type { Erasure } from '@/api/contract';
import { t, tCode } from '@/i18n';
import { date } from '@/i18n/format';
import { Newest } from '@/records/Newest';
import { shortId } from '@/records/number';
import { ProblemState } from '@/records/ProblemState';
import css from '@/records/rights/case.module.css';
import { Icon } from '@/ui/Icon';
import { Skeleton, State } from '@/ui/State';
import { Tag, type Tone } from '@/ui/Tag';

export const tones: Record<Erasure['state'], Tone> = {
  waiting: 'amber',
  approved: 'indigo',
  done: 'jade',
  rejected: 'grey',
};

export function ErasuresPage() {
  const erasures = useQuery(erasuresQuery);
  return (
    <div className={css.page}>
      <h1 className={css.title}>{t('erasures.title')}</h1>
      <p className={css.note}>{t('erasures.note')}</p>
      {erasures.isPending && <Skeleton label={t('loading')} />}
      {erasures.error && <ProblemState error={erasures.error} retry={() => void erasures.refetch()} />}
      {erasures.data?.length === 0 && (
        <State icon="trash" title={t('erasures.empty')} why={t('erasures.empty.why')} />
      )}
      <ul className={css.list}>
        {erasures.data?.map((item) => (
          <li key={item.id}>
            <Link to="/erasures/$id" params={{ id: item.id }} className={css.row}>
              <span className={css.words}>
                <span className={css.line}>
                  <b>{tCode('erasures.ground', item.ground)}</b>
                  <Tag tone={tones[item.state]}>{t(`erasures.state.${item.state}`)}</Tag>
                </span>
                <span className={css.meta}>
                  {item.received_at && <span>{date(item.received_at)}</span>}
                  {item.requester?.name && (
                    <span>
                      {t('erasures.requester')} {item.requester.name}
                    </span>
                  )}
                  {item.approver?.name && (
                    <span>
                      {t('erasures.approver')} {item.approver.name}
                    </span>
                  )}
                  <span>{shortId(item.record)}</span>
                </span>
              </span>
              <Icon name="next" size={18} />
            </Link>
          </li>
        ))}
      </ul>
      <Newest n={erasures.data?.length} most={MOST_CASES} className={css.note} />
    </div>
  );
}
