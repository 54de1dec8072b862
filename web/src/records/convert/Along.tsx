/** What comes along and what stays behind, by the names of the fields. */
import type { ConversionPreview, ObjectDef } from '@/api/contract';
import { say, t } from '@/i18n';
import { Icon } from '@/ui/Icon';
import { ClassTag } from '../form/FormField';
import css from '../records.module.css';
import own from './convert.module.css';

const labelIn = (def: ObjectDef, name: string) =>
  say(def.fields.find((field) => field.name === name)?.label) || name;

/** "With name, phone", for a record beneath. */
export function fieldsNamed(preview: ConversionPreview, def: ObjectDef): string {
  const names = preview.carried
    .filter((one) => one.object === def.name)
    .map((one) => labelIn(def, one.field));
  return names.length > 0 ? t('convert.also.with', { fields: names.join(t('list.comma')) }) : '';
}

type Props = { preview: ConversionPreview; target: ObjectDef; source: ObjectDef };

export function Along({ preview, target, source }: Props) {
  // The title stands in its own field above.
  const carried = preview.carried.filter(
    (one) => one.object === target.name && one.field !== target.title_field,
  );
  const left = preview.left_behind.filter((one) => one.object === target.name);
  return (
    <section className={own.along} aria-label={t('convert.along')}>
      <p className={css.label}>{t('convert.along')}</p>
      {carried.length === 0 ? (
        <p className={css.note}>{t('convert.along.none')}</p>
      ) : (
        <ul className={own.fields}>
          {carried.map((one) => {
            const there = target.fields.find((field) => field.name === one.field);
            const [from, to] = [labelIn(source, one.from), labelIn(target, one.field)];
            return (
              <li key={one.field}>
                <Icon name="check" size={16} />
                <span>{from === to ? to : `${from} → ${to}`}</span>
                {there && <ClassTag def={there} />}
              </li>
            );
          })}
        </ul>
      )}
      {left.length > 0 && (
        <p className={own.left}>
          {t('convert.left', {
            fields: left.map((one) => labelIn(target, one.field)).join(t('list.comma')),
          })}
        </p>
      )}
      <p className={css.note}>
        {t('convert.sealed')} {!preview.intake && t('convert.consents')}
      </p>
    </section>
  );
}
