/** Which roles: a tick each, the three administrators marked, because nobody may hold two of them. */
import type { RoleRef } from '@/api/contract';
import { say, t, tCode } from '@/i18n';
import css from '@/ui/desk.module.css';
import { Tick } from '@/ui/Input';

/** The role that comes with the product is called as the administrator is. */
const differs = (role: RoleRef, administrator: string) =>
  say(role.label).toLowerCase() !== tCode('administrator', administrator).toLowerCase();

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
            {role.administrator && differs(role, role.administrator) && (
              <small className={css.meta}> {tCode('administrator', role.administrator)}</small>
            )}
          </Tick>
        ))}
      </div>
    </fieldset>
  );
}
