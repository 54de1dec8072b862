/**
 * Whether what a record would become is there already: by number, which the server looks for in what would come along,
 * and by name, while it is typed. Of what one may not see it is said whom to ask.
 */
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { DuplicateMatch } from '@/api/contract';
import { searchQuery } from '@/api/queries';
import { t } from '@/i18n';
import { Button } from '@/ui/Button';
import { useDebounced } from '@/ui/useDebounced';
import { titleOf } from '../title';
import own from './convert.module.css';

export type Known = { id: string; title: string };

/** Fewer letters than these are in everybody's name. */
const TELLING = 3;
const MOST = 3;

type Props = {
  object: string;
  name: string;
  matches: DuplicateMatch[];
  onJoin: (known: Known) => void;
};

export function KnownAlready({ object, name, matches, onJoin }: Props) {
  const rested = useDebounced(name.trim(), 400);
  const named = useQuery(searchQuery(object, [...rested].length >= TELLING ? rested : ''));
  const known = new Map<string, Known>();
  for (const match of matches)
    if (match.visible && match.record)
      known.set(match.record.id, { id: match.record.id, title: match.record.title ?? t('record.unnamed') });
  for (const hit of named.data?.results ?? [])
    if (hit.record.rights.edit) known.set(hit.record.id, { id: hit.record.id, title: titleOf(hit.record) });
  const hidden = matches.filter((match) => !match.visible);
  return (
    <div role="status">
      {(known.size > 0 || hidden.length > 0) && (
        <div className={own.known}>
          <p>{t('convert.known')}</p>
          <ul>
            {[...known.values()].slice(0, MOST).map((one) => (
              <li key={one.id}>
                <Link to="/records/$object/$id" params={{ object, id: one.id }}>
                  {one.title}
                </Link>
                <Button
                  small
                  aria-label={t('action.for', { action: t('convert.into.this'), title: one.title })}
                  onClick={() => onJoin(one)}
                >
                  {t('convert.into.this')}
                </Button>
              </li>
            ))}
            {hidden.map((match) => (
              <li key={`${match.field}:${match.team}`}>
                {t('duplicate.hidden', { team: match.team ?? t('duplicate.other_team') })}
              </li>
            ))}
          </ul>
        </div>
      )}
    </div>
  );
}
