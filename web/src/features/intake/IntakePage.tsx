/** A new record in under twenty seconds: the designed form, with the notice and consent the law wants beside it. */
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, useCanGoBack, useNavigate, useRouter } from '@tanstack/react-router';
import { objectQuery, recordQuery } from '@/api/queries';
import { sayOne, t } from '@/i18n';
import { CUSTOMER } from '@/path';
import { parentField } from '@/records/followup/shape';
import { ProblemState } from '@/records/ProblemState';
import { titleOf } from '@/records/title';
import { HelpButton } from '@/shell/help/HelpButton';
import { IconButton } from '@/ui/Button';
import { Skeleton, State } from '@/ui/State';
import { useDesktop } from '@/ui/useMedia';
import { IntakeForm } from './IntakeForm';
import css from './intake.module.css';

const route = getRouteApi('/app/new/$object');

export function IntakePage() {
  const { object: name } = route.useParams();
  const { parent } = route.useSearch();
  const router = useRouter();
  const canGoBack = useCanGoBack();
  const navigate = useNavigate();
  const object = useQuery(objectQuery(name));
  const above = useQuery({ ...recordQuery(CUSTOMER, parent ?? ''), enabled: Boolean(parent) });
  const desktop = useDesktop();
  const leave = () => (canGoBack ? router.history.back() : void navigate({ to: '/' }));
  const ready = object.data && (!parent || above.data);
  const error = object.error ?? above.error;
  const field = object.data && parentField(object.data, CUSTOMER);

  return (
    <div className={css.page}>
      <header className={css.bar}>
        <IconButton icon="back" label={t('back')} onClick={leave} />
        <h1>{object.data ? t('list.new', { object: sayOne(object.data.label) }) : t('loading')}</h1>
        {!desktop && <HelpButton />}
      </header>
      {!ready && !error && <Skeleton label={t('loading')} />}
      {error && <ProblemState error={error} retry={() => void object.refetch()} />}
      {ready && !object.data.verbs.includes('create') && (
        <State icon="lock" title={t('problem.forbidden')} why={t('problem.ask')} />
      )}
      {ready && object.data.verbs.includes('create') && (
        <IntakeForm
          key={name}
          object={object.data}
          initial={field && above.data ? { [field]: { id: above.data.id, title: titleOf(above.data) } } : {}}
          onSaved={(record) =>
            void navigate({
              to: '/records/$object/$id',
              params: { object: record.object, id: record.id },
              replace: true,
            })
          }
        />
      )}
    </div>
  );
}
