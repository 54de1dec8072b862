/** Which roles: a tick each, the three administrators marked, because nobody may hold two of them. */
import type { RoleRef } from '@/api/contract';
import { say, t, tCode } from '@/i18n';
import css from '@/ui/desk.module.css';
import { Tick } from '@/ui/Input';

export function RoleTicks({
  roles,
  value,
  onChange,
}: {
  roles: RoleRef[];
  value: string[];
  onChange: (next: string[]) => void;
}) {
  return (
    <fieldset>
      <legend className="sr">{t('people.roles')}</legend>
      <div className={css.ticks}>
        {roles.map((role) => (
          <Tick
            key={role.name}
            checked={value.includes(role.name)}
            onChange={(event) =>
              onChange(
                event.target.checked ? [...value, role.name] : value.filter((name) => name !== role.name),
              )
            }
          >
            {say(role.label)}
            {role.administrator && (
              <small className={css.meta}> {tCode('administrator', role.administrator)}</small>
            )}
          </Tick>
        ))}
      </div>
    </fieldset>
  );
}
