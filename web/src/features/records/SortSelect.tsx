import type { ObjectDef, Sort } from '@/api/contract';
import { say, t } from '@/i18n';
import { printSort } from '@/records/list/sort';
import { allFields } from '@/records/systemFields';
import { Select } from '@/ui/Input';

type Props = { object: ObjectDef; sort: Sort | undefined; onChange: (sort: string) => void };

/** One of each direction: on a phone a single tap must be enough. */
export function SortSelect({ object, sort, onChange }: Props) {
  const fields = allFields(object).filter((field) => field.sortable);
  if (fields.length === 0) return null;
  const moment = (kind: string) => kind === 'datetime' || kind === 'date';
  return (
    <Select
      aria-label={t('list.sort')}
      value={printSort(sort) ?? ''}
      onChange={(e) => onChange(e.target.value)}
    >
      {!sort && <option value="">{t('list.sort')}</option>}
      {fields.flatMap((field) => [
        <option key={`-${field.name}`} value={`-${field.name}`}>
          {t(moment(field.kind) ? 'sort.newest' : 'sort.desc', { field: say(field.label) })}
        </option>,
        <option key={field.name} value={field.name}>
          {t(moment(field.kind) ? 'sort.oldest' : 'sort.asc', { field: say(field.label) })}
        </option>,
      ])}
    </Select>
  );
}
