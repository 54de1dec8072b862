/** How it was drawn, for whoever would rather check than believe. */
import { useMutation } from '@tanstack/react-query';
import { verifySpotCheck } from '@/api/checks';
import type { SpotCheck, SpotVerification } from '@/api/contract';
import { t } from '@/i18n';
import { problemText } from '@/records/problemText';
import { Button } from '@/ui/Button';
import desk from '@/ui/desk.module.css';
import { Icon } from '@/ui/Icon';
import css from './spotchecks.module.css';

export function Drawing({ check }: { check: SpotCheck }) {
  const verify = useMutation({ mutationFn: () => verifySpotCheck(check.id) });
  return (
    <section className={desk.card} aria-label={t('spot.how')}>
      <h2>{t('spot.how')}</h2>
      <p className={desk.meta}>{t('spot.how.why')}</p>
      <dl className={desk.facts}>
        <div>
          <dt>{t('spot.head')}</dt>
          <dd>{t('spot.head.value', { n: check.size })}</dd>
        </div>
        <div>
          <dt>{t('spot.root')}</dt>
          <dd className={css.mono}>{check.root}</dd>
        </div>
        <div>
          <dt>{t('spot.roll')}</dt>
          <dd>{t('spot.population', { n: check.population })}</dd>
        </div>
      </dl>
      <div aria-live="polite">{verify.data && <Outcome found={verify.data} />}</div>
      {verify.error && (
        <p className={desk.alert} role="alert">
          {problemText(verify.error)}
        </p>
      )}
      <p className={desk.actions}>
        <Button icon="ledger" busy={verify.isPending} onClick={() => verify.mutate()}>
          {t('spot.verify')}
        </Button>
      </p>
    </section>
  );
}

function Outcome({ found }: { found: SpotVerification }) {
  return (
    <>
      {found.holds ? (
        <p className={css.holds}>
          <Icon name="check" size={18} />
          {t('spot.holds')}
        </p>
      ) : (
        <div className={desk.alert} role="alert">
          <p>{t('spot.broken')}</p>
          <ul>
            {found.findings.map((finding) => (
              <li key={finding}>{t(`spot.finding.${finding}`)}</li>
            ))}
          </ul>
        </div>
      )}
      {found.left_out > 0 && <p className={desk.meta}>{t('spot.left_out', { n: found.left_out })}</p>}
      {found.gone > 0 && <p className={desk.meta}>{t('spot.gone_since', { n: found.gone })}</p>}
    </>
  );
}
