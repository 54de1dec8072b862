/** What the role may do besides records, and to whom. Acts of an administrator go to that administrator alone. */
import type { Reach } from '@/api/admin';
import { t, tCode } from '@/i18n';
import desk from '@/ui/desk.module.css';
import { Select } from '@/ui/Input';
import css from './roles.module.css';

const acts = [
  'exports.approve',
  'exports.register',
  'alerts.receive',
  'sessions.end',
  'people.manage',
  'roles.manage',
  'definitions.publish',
  'handovers.run',
  'spot_checks.run',
  'retention.oversee',
  'erasures.request',
  'erasures.approve',
  'rights.answer',
  'ledger.read',
  'policy.explain',
];

export function ActsEditor({
  acts: held,
  onChange,
}: {
  acts: Record<string, Reach>;
  onChange: (acts: Record<string, Reach>) => void;
}) {
  // What this page has no word for yet is shown all the same.
  const all = [...acts, ...Object.keys(held).filter((act) => !acts.includes(act))];
  return (
    <section className={desk.card}>
      <h2>{t('roles.acts')}</h2>
      <p className={desk.why}>{t('roles.acts.why')}</p>
      {all.map((act) => (
        <div key={act} className={css.act}>
          <label htmlFor={`act-${act}`}>{actText(act)}</label>
          <Select
            id={`act-${act}`}
            value={held[act] ?? ''}
            onChange={(event) => {
              const { [act]: _, ...rest } = held;
              const reach = event.target.value as Reach | '';
              onChange(reach ? { ...rest, [act]: reach } : rest);
            }}
          >
            <option value="">{t('roles.act.none')}</option>
            <option value="department_tree">{t('roles.act.department_tree')}</option>
            <option value="all">{t('roles.act.all')}</option>
          </Select>
        </div>
      ))}
    </section>
  );
}

export const actText = (act: string): string => tCode('act', act.replace('.', '_'));
