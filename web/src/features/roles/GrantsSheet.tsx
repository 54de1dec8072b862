/** One cell of the matrix, in words: each grant with its rows and verbs, and every field as each of them shows it. */
import { useNavigate } from '@tanstack/react-router';
import type { ObjectBody, RoleBody } from '@/api/admin';
import { say, t, tCode } from '@/i18n';
import { Button } from '@/ui/Button';
import desk from '@/ui/desk.module.css';
import { Sheet } from '@/ui/Sheet';
import { Tag, type Tone } from '@/ui/Tag';
import { Mark } from './Mark';
import css from './roles.module.css';
import { inOrder, rightOf, scopeText, shapeOf, verbText } from './scopes';

const tones: Record<string, Tone> = {
  read: 'amber',
  edit: 'cinnabar',
  reveal: 'indigo',
  'reveal+edit': 'indigo',
};
export const classTones: Record<string, Tone> = { L1: 'grey', L2: 'jade', L3: 'amber', L4: 'cinnabar' };

export function GrantsSheet({
  role,
  object,
  objects,
  onClose,
}: {
  role: RoleBody;
  object: ObjectBody;
  objects: ObjectBody[];
  onClose: () => void;
}) {
  const navigate = useNavigate();
  const grants = role.grants.filter((grant) => grant.object === object.name);
  const labelOf = (name: string) => say(objects.find((one) => one.name === name)?.label) || name;
  const fields = object.fields.filter((field) => !field.retired);
  return (
    <Sheet
      wide
      title={t('roles.sheet', { role: say(role.label), object: say(object.label) })}
      closeWord={t('close')}
      onClose={onClose}
      footer={
        <Button icon="pen" onClick={() => void navigate({ to: '/roles/$role', params: { role: role.name } })}>
          {t('roles.open', { role: say(role.label) })}
        </Button>
      }
    >
      {grants.map((grant) => (
        <section key={grant.id} className={desk.part}>
          <h3 className={css.grant}>
            <Mark shape={shapeOf(grant.scope)} />
            {scopeText(grant.scope, labelOf)}
          </h3>
          <p className={desk.meta}>{inOrder(grant.verbs).map(verbText).join(t('list.comma'))}</p>
          <table className={css.fields}>
            <caption className="sr">{t('roles.fields')}</caption>
            <thead>
              <tr>
                <th scope="col">{t('roles.field')}</th>
                <th scope="col">{t('roles.class')}</th>
                <th scope="col">{t('roles.right')}</th>
              </tr>
            </thead>
            <tbody>
              {fields.map((field) => {
                const { right, by } = rightOf(grant, field);
                return (
                  <tr key={field.id}>
                    <th scope="row">{say(field.label)}</th>
                    <td>
                      <Tag tone={classTones[field.class] ?? 'grey'}>{tCode('class', field.class)}</Tag>
                    </td>
                    <td>
                      {right === 'none' ? (
                        <span className={desk.meta}>
                          {t(by === 'unbound' ? 'roles.unbound' : 'verdict.none')}
                        </span>
                      ) : (
                        <Tag tone={tones[right] ?? 'grey'}>{tCode('verdict', right)}</Tag>
                      )}
                      {by === 'name' && <small className={desk.meta}> {t('roles.by_name')}</small>}
                    </td>
                  </tr>
                );
              })}
            </tbody>
          </table>
        </section>
      ))}
    </Sheet>
  );
}
