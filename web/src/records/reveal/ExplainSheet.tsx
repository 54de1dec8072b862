/** "Why can I not see this?": the rule that decided, in a sentence, and whom to ask. */
import { useQuery } from '@tanstack/react-query';
import { api, recordPath, seg } from '@/api/client';
import type { Because, Explanation, FieldDef, KedunRecord, Me } from '@/api/contract';
import { meQuery } from '@/api/queries';
import { say, t, tCode } from '@/i18n';
import { Icon } from '@/ui/Icon';
import { Sheet } from '@/ui/Sheet';
import { Skeleton } from '@/ui/State';
import { ProblemState } from '../ProblemState';
import css from './reveal.module.css';

function sentence(because: Because, roles: Me['person']['roles']): string {
  const role = roles.find((held) => held.name === because.role);
  const scope = typeof because.scope === 'string' ? because.scope : 'through';
  return t('explain.because', {
    role: say(role?.label) || because.role,
    scope: tCode('scope', scope),
    result: tCode('verdict', because.contains ? (because.right ?? 'none') : 'out'),
  });
}

export function ExplainSheet({
  record,
  def,
  onClose,
}: {
  record: KedunRecord;
  def: FieldDef;
  onClose: () => void;
}) {
  const me = useQuery(meQuery);
  const person = me.data?.person.id;
  const explanation = useQuery({
    queryKey: ['explain', record.id, def.name, person],
    queryFn: () =>
      api.get<Explanation>(
        `${recordPath(record.object, record.id)}/explain?person=${seg(person ?? '')}&field=${seg(def.name)}`,
      ),
    enabled: person !== undefined,
    gcTime: 0,
  });
  const answer = explanation.data;
  return (
    <Sheet title={t('explain.title', { field: say(def.label) })} closeWord={t('close')} onClose={onClose}>
      {explanation.isPending && <Skeleton rows={2} label={t('loading')} />}
      {explanation.error && (
        <ProblemState error={explanation.error} retry={() => explanation.refetch()} small />
      )}
      {answer && (
        <>
          <p className={css.verdict}>
            <Icon name="lock" size={18} />
            {t('explain.verdict', { verdict: tCode('verdict', answer.verdict) })}
          </p>
          <ul className={css.because}>
            {answer.because.map((item, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: reasons have no identity
              <li key={index} title={item.grant}>
                {sentence(item, me.data?.person.roles ?? [])}
              </li>
            ))}
          </ul>
          <p className={css.note}>{t('explain.ask')}</p>
        </>
      )}
    </Sheet>
  );
}
