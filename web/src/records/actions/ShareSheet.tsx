/** Who else may look at or work on this record, what for and until when; a new share, and the end of an old one. */
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api, recordPath, seg } from '@/api/client';
import type { KedunRecord, ShareView } from '@/api/contract';
import { queryClient, sharesQuery } from '@/api/queries';
import { t } from '@/i18n';
import { date, daysFromToday } from '@/i18n/format';
import { Button } from '@/ui/Button';
import { Sheet } from '@/ui/Sheet';
import { Skeleton } from '@/ui/State';
import { Tag } from '@/ui/Tag';
import { toast } from '@/ui/toast';
import { ProblemState } from '../ProblemState';
import { problemText } from '../problemText';
import { titleOf } from '../title';
import css from './actions.module.css';
import { bodyOf, freshTerms, missing, ShareTerms, type Terms, type TermsError } from './ShareTerms';

export function ShareSheet({ record, onClose }: { record: KedunRecord; onClose: () => void }) {
  const path = `${recordPath(record.object, record.id)}/shares`;
  const shares = useQuery(sharesQuery(record.object, record.id));
  const [terms, setTerms] = useState<Terms>(freshTerms);
  const [error, setError] = useState<TermsError | null>(null);
  const [refused, setRefused] = useState<string | null>(null);
  const [busy, setBusy] = useState<string | null>(null);
  const refresh = () => queryClient.invalidateQueries({ queryKey: ['shares', record.object, record.id] });

  async function share() {
    const lacking = missing(terms);
    setError(lacking);
    setRefused(null);
    if (lacking) return;
    setBusy('new');
    try {
      await api.post(path, bodyOf(terms));
      toast(t('share.done', { name: terms.person?.name ?? '', until: terms.until }));
      setTerms(freshTerms());
    } catch (problem) {
      setRefused(problemText(problem));
    }
    setBusy(null);
    void refresh();
  }
  async function end(item: ShareView) {
    setBusy(item.id);
    setRefused(null);
    try {
      await api.delete(`${path}/${seg(item.id)}`);
      toast(t('share.ended', { name: item.name ?? '' }));
    } catch (problem) {
      setRefused(problemText(problem));
    }
    setBusy(null);
    void refresh();
  }

  return (
    <Sheet
      title={t('share.title', { title: titleOf(record) })}
      closeWord={t('close')}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{t('close')}</Button>
          <Button look="primary" busy={busy === 'new'} onClick={() => void share()}>
            {t('action.share')}
          </Button>
        </>
      }
    >
      <p>{t('share.consequence')}</p>
      <section aria-labelledby="shares-now">
        <h3 id="shares-now" className={css.label}>
          {t('share.now')}
        </h3>
        {shares.isPending && <Skeleton label={t('loading')} rows={1} />}
        {shares.error && <ProblemState error={shares.error} retry={() => shares.refetch()} small />}
        {shares.data?.length === 0 && <p className={css.faint}>{t('share.none')}</p>}
        <ul className={css.shares}>
          {shares.data?.map((item) => (
            <li key={item.id}>
              <span>
                <b>{item.name ?? item.person}</b>
                <Tag tone={item.level === 'edit' ? 'amber' : 'indigo'}>{t(`share.level.${item.level}`)}</Tag>
                <small>
                  {item.purpose} · {t('share.ends', { day: date(item.until), n: left(item) })}
                </small>
              </span>
              <Button small busy={busy === item.id} onClick={() => void end(item)}>
                {t('share.end')}
              </Button>
            </li>
          ))}
        </ul>
      </section>
      <ShareTerms terms={terms} onChange={setTerms} error={error} />
      {refused && <p role="alert">{refused}</p>}
    </Sheet>
  );
}

const left = (item: ShareView) => Math.max(0, daysFromToday(item.until));
