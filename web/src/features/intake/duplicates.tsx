/**
 * Is this customer already here? Asked while a telling field is typed, once the hand rests; answered without showing
 * what is not ours.
 */
import { Link } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';
import { api, seg } from '@/api/client';
import type { DuplicateMatch, FieldDef, FieldKind } from '@/api/contract';
import { Problem } from '@/api/problem';
import { isBlank } from '@/fields';
import { t } from '@/i18n';
import { Icon } from '@/ui/Icon';
import css from './intake.module.css';

/** What names one person and nobody else, whatever its field is called. Names are many people's: the server has no answer. */
const checked: FieldKind[] = ['phone', 'email', 'id_number'];

/** How long the hand must rest. */
const REST = 500;

/** Whether there is enough of it to ask: half a number finds nobody. */
export function telling(def: FieldDef, value: unknown): boolean {
  const text = String(value ?? '').trim();
  if (def.kind === 'phone') return text.replace(/\D/g, '').length >= 11;
  if (def.kind === 'email') return /^\S+@\S+\.\S{2,}$/.test(text);
  return def.kind === 'id_number' && text.length === 18;
}

export function isChecked(def: FieldDef): boolean {
  return checked.includes(def.kind);
}

export function useDuplicates(object: string) {
  const [matches, setMatches] = useState<Record<string, DuplicateMatch[]>>({});
  // A save that is under way must see what was answered meanwhile.
  const latest = useRef(matches);
  latest.current = matches;
  const last = useRef<Record<string, unknown>>({});
  const timers = useRef<Record<string, ReturnType<typeof setTimeout>>>({});
  useEffect(() => {
    const waiting = timers.current;
    return () => Object.values(waiting).forEach(clearTimeout);
  }, []);

  /** While it is typed. What was found for other words is taken away at once. */
  function typed(def: FieldDef, value: unknown) {
    clearTimeout(timers.current[def.name]);
    if (last.current[def.name] !== value) setMatches(({ [def.name]: _old, ...rest }) => rest);
    if (!telling(def, value)) return;
    timers.current[def.name] = setTimeout(() => void check(def.name, value), REST);
  }
  async function check(field: string, value: unknown) {
    clearTimeout(timers.current[field]);
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
  /** A refusal that the notice explains already, and better, because the record may be opened: shown where it stands. */
  function point(problem: unknown): boolean {
    if (!(problem instanceof Problem) || problem.code !== 'duplicate') return false;
    const fields = problem.body.errors?.map((error) => error.field) ?? [];
    const told = fields.find((field) => latest.current[field]?.some(isOpen));
    if (told === undefined || fields.some((field) => !latest.current[field]?.some(isOpen))) return false;
    const link = document.querySelector<HTMLElement>(`[data-duplicates="${CSS.escape(told)}"] a`);
    link?.scrollIntoView({ block: 'center' });
    link?.focus({ preventScroll: true });
    return link !== null;
  }
  return { matches, check, typed, point };
}

const isOpen = (match: DuplicateMatch) => match.kind === 'exact' && match.visible && match.record !== null;

export function DuplicateNotice({
  field,
  matches,
}: {
  field: string;
  matches: DuplicateMatch[] | undefined;
}) {
  if (!matches || matches.length === 0) return null;
  return (
    <div role="status" data-duplicates={field}>
      <ul className={css.duplicates}>
        {matches.slice(0, 3).map((match, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: hidden matches carry no id
          <li key={index}>
            <Icon name="info" size={16} />
            <span>
              {match.visible && match.record ? (
                <>
                  {t(match.pooled ? 'duplicate.pooled' : 'duplicate.exact')}{' '}
                  <Link to="/records/$object/$id" params={{ object: match.object, id: match.record.id }}>
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
