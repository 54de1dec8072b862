/** Is this customer already here? Asked when a telling field is left; answered without showing what is not ours. */
import { Link } from '@tanstack/react-router';
import { useRef, useState } from 'react';
import { api, seg } from '@/api/client';
import type { DuplicateMatch, FieldDef } from '@/api/contract';
import { isBlank } from '@/fields';
import { t } from '@/i18n';
import { Icon } from '@/ui/Icon';
import css from './intake.module.css';

const checked = ['phone', 'email', 'id_number', 'name'];

export function isChecked(def: FieldDef): boolean {
  return checked.includes(def.name);
}

export function useDuplicates(object: string) {
  const [matches, setMatches] = useState<Record<string, DuplicateMatch[]>>({});
  const last = useRef<Record<string, unknown>>({});
  async function check(field: string, value: unknown) {
    if (last.current[field] === value) return;
    last.current[field] = value;
    if (isBlank(value)) return setMatches((old) => ({ ...old, [field]: [] }));
    try {
      const answer = await api.post<{ matches: DuplicateMatch[] }>(`/objects/${seg(object)}/duplicates`, {
        fields: { [field]: value },
      });
      if (last.current[field] === value) setMatches((old) => ({ ...old, [field]: answer.matches }));
    } catch {
      // A help, not a gate: the server checks again when the record is saved.
      last.current[field] = undefined;
    }
  }
  return { matches, check };
}

export function DuplicateNotice({
  object,
  matches,
}: {
  object: string;
  matches: DuplicateMatch[] | undefined;
}) {
  if (!matches || matches.length === 0) return null;
  return (
    <div role="status">
      <ul className={css.duplicates}>
        {matches.slice(0, 3).map((match, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: hidden matches carry no id
          <li key={index}>
            <Icon name="info" size={16} />
            <span>
              {match.visible && match.record ? (
                <>
                  {t(match.kind === 'exact' ? 'duplicate.exact' : 'duplicate.similar')}{' '}
                  <Link to="/records/$object/$id" params={{ object, id: match.record.id }}>
                    {match.record.title}
                  </Link>
                </>
              ) : (
                t('duplicate.hidden', { team: match.team ?? t('duplicate.other_team') })
              )}
            </span>
          </li>
        ))}
      </ul>
    </div>
  );
}
