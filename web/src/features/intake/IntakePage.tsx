/** A new record in under twenty seconds: the designed form, with the notice and consent the law wants beside it. */
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, useCanGoBack, useNavigate, useRouter } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { objectQuery, objectsQuery, recordQuery } from '@/api/queries';
import { sayOne, t } from '@/i18n';
import { date } from '@/i18n/format';
import { CUSTOMER } from '@/path';
import { cards, dropCard, heldCard, holdCard } from '@/records/files/card';
import type { Photo } from '@/records/files/PhotoPicker';
import { leavePhotos } from '@/records/files/send';
import { begunFrom } from '@/records/followup/shape';
import { NoRight } from '@/records/NoRight';
import { ProblemState } from '@/records/ProblemState';
import { titleOf } from '@/records/title';
import { HelpButton } from '@/shell/help/HelpButton';
import { IconButton } from '@/ui/Button';
import { Skeleton } from '@/ui/State';
import { useDesktop } from '@/ui/useMedia';
import { CardPhoto } from './CardPhoto';
import { DraftNotice } from './DraftNotice';
import { IntakeForm } from './IntakeForm';
import css from './intake.module.css';

const route = getRouteApi('/app/new/$object');

export function IntakePage() {
  const { object: name } = route.useParams();
  const { of = CUSTOMER, parent } = route.useSearch();
  const router = useRouter();
  const canGoBack = useCanGoBack();
  const navigate = useNavigate();
  const object = useQuery(objectQuery(name));
  const above = useQuery({ ...recordQuery(of, parent ?? ''), enabled: Boolean(parent) });
  const aboveDef = useQuery({ ...objectQuery(of), enabled: Boolean(parent) });
  const desktop = useDesktop();
  const leave = () => (canGoBack ? router.history.back() : void navigate({ to: '/' }));
  const ready = object.data && (!parent || (above.data && aboveDef.data));
  const error = object.error ?? above.error ?? aboveDef.error;
  const again = () => {
    for (const query of [object, above, aboveDef]) if (query.error) void query.refetch();
  };
  // What cannot be opened is not on its way any more, and may be nothing that this person knows by name.
  const title = object.data
    ? t('list.new', { object: sayOne(object.data.label) })
    : t(error ? 'nav.plus' : 'loading');
  const objects = useQuery(objectsQuery);
  // Files stay with customers.
  const mayFile =
    name === CUSTOMER &&
    (objects.data?.some((item) => item.name === 'file' && item.verbs.includes('create')) ?? false);
  const [card, setCard] = useState<Photo | null>(null);
  const [begun, setBegun] = useState(0);
  const [noRoom, setNoRoom] = useState(false);
  // What was just photographed, or what an earlier tab left.
  useEffect(() => {
    let gone = false;
    void heldCard().then((held) => {
      if (!gone) setCard((taken) => taken ?? held);
    });
    // One that is scanned while the form is open is its newest.
    const leaveCards = cards.subscribe(() => setCard(cards.newest()));
    return () => {
      gone = true;
      leaveCards();
    };
  }, []);
  function take(photo: Photo | null) {
    setCard(photo);
    setNoRoom(false);
    if (photo) void holdCard(photo).then((kept) => setNoRoom(!kept));
    else dropCard();
  }

  return (
    <div className={css.page}>
      <header className={css.bar}>
        <IconButton icon="back" label={t('back')} onClick={leave} />
        <h1>{title}</h1>
        {!desktop && <HelpButton />}
      </header>
      {!ready && !error && <Skeleton label={t('loading')} />}
      {error && <ProblemState error={error} retry={again} />}
      {ready && !object.data.verbs.includes('create') && <NoRight />}
      {ready && object.data.verbs.includes('create') && (
        <>
          {mayFile && <CardPhoto photo={card} noRoom={noRoom} onChange={take} />}
          <DraftNotice
            key={`draft ${name}`}
            draft={`new:${name}`}
            defs={object.data.fields}
            onAgain={() => setBegun((times) => times + 1)}
          />
          <IntakeForm
            key={`${name} ${begun}`}
            object={object.data}
            initial={above.data && aboveDef.data ? begunFrom(object.data, above.data, aboveDef.data) : {}}
            onSaved={(record, here) => {
              if (mayFile && card) {
                const named = { ...card, name: t('card.name', { date: date(new Date().toISOString()) }) };
                // The next customer begins without it, and by then the outbox has it.
                dropCard();
                void leavePhotos({ object: record.object, id: record.id, title: titleOf(record) }, [named]);
              }
              // Who went on to something else meanwhile is left where they are.
              if (!here) return;
              void navigate({
                to: '/records/$object/$id',
                params: { object: record.object, id: record.id },
                replace: true,
              });
            }}
          />
        </>
      )}
    </div>
  );
}
