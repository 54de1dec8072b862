import { useQuery } from '@tanstack/react-query';
import { getRouteApi, useCanGoBack, useNavigate, useRouter } from '@tanstack/react-router';
import { objectQuery } from '@/api/queries';
import { say, t } from '@/i18n';
import { ProblemState } from '@/records/ProblemState';
import { HelpButton } from '@/shell/help/HelpButton';
import { IconButton } from '@/ui/Button';
import { Skeleton } from '@/ui/State';
import { useDesktop } from '@/ui/useMedia';
import { RecordView } from './RecordView';
import css from './RecordView.module.css';

const route = getRouteApi('/app/records/$object/$id');

export function RecordPage() {
  const params = route.useParams();
  const router = useRouter();
  const canGoBack = useCanGoBack();
  const navigate = useNavigate();
  const desktop = useDesktop();
  const object = useQuery(objectQuery(params.object));
  // Back keeps the list's scroll; without a history there is still somewhere to go.
  const leave = () =>
    canGoBack
      ? router.history.back()
      : void navigate({ to: '/records/$object', params: { object: params.object } });
  return (
    <div className={css.page}>
      <div className={css.pageBar}>
        <IconButton icon="back" label={t('back')} onClick={leave} />
        <span>{object.data && say(object.data.label)}</span>
        {!desktop && <HelpButton />}
      </div>
      {object.isPending && <Skeleton label={t('loading')} />}
      {object.error && !object.data && <ProblemState error={object.error} retry={() => object.refetch()} />}
      {object.data && <RecordView key={params.id} object={object.data} id={params.id} onGone={leave} />}
    </div>
  );
}
