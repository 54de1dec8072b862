/** What a role is called in both languages, and, while it is not published yet, the short name that stays. */
import type { RoleBody } from '@/api/admin';
import { t } from '@/i18n';
import desk from '@/ui/desk.module.css';
import { Field } from '@/ui/Field';
import { Input } from '@/ui/Input';

/** As the server takes it: the name from what it is called, if nothing else was said, and grants that carry it. */
export function named(body: RoleBody): RoleBody {
  const name = body.name || short(body.label.en);
  return {
    ...body,
    name,
    grants: body.grants.map((grant) => ({ ...grant, id: grant.id.replace(/^[^/]*/, name) })),
  };
}

/** `Night desk (Shanghai)` → `night_desk_shanghai`. */
const short = (label: string): string =>
  label
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^[_0-9]+|_+$/g, '')
    .slice(0, 40);

export function NameCard({
  body,
  fresh,
  onChange,
}: {
  body: RoleBody;
  fresh: boolean;
  onChange: (next: RoleBody) => void;
}) {
  return (
    <section className={desk.card}>
      <h2>{t('roles.naming')}</h2>
      <div className={desk.pair}>
        {(['zh', 'en'] as const).map((language) => (
          <Field key={language} id={`label-${language}`} label={t(`roles.label.${language}`)}>
            {(control) => (
              <Input
                {...control}
                lang={language === 'zh' ? 'zh-CN' : 'en'}
                maxLength={40}
                value={body.label[language]}
                onChange={(event) =>
                  onChange({ ...body, label: { ...body.label, [language]: event.target.value } })
                }
              />
            )}
          </Field>
        ))}
      </div>
      {fresh && (
        <Field id="role-name" label={t('roles.name')} help={t('roles.name.help')}>
          {(control) => (
            <Input
              {...control}
              autoCapitalize="none"
              spellCheck={false}
              maxLength={40}
              placeholder={short(body.label.en)}
              value={body.name}
              onChange={(event) => onChange({ ...body, name: event.target.value.trim() })}
            />
          )}
        </Field>
      )}
    </section>
  );
}
