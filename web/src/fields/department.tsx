import { useQuery } from '@tanstack/react-query';
import type { DepartmentRef } from '@/api/contract';
import { departmentsQuery } from '@/api/queries';
import { say, t } from '@/i18n';
import { ProblemState } from '@/records/ProblemState';
import { Select } from '@/ui/Input';
import css from './fields.module.css';
import { asText, type Kind } from './kind';

function DepartmentSelect({
  id,
  label,
  value,
  onChange,
}: {
  id: string;
  label: string;
  value: string;
  onChange: (id: string) => void;
}) {
  const departments = useQuery(departmentsQuery);
  // An empty list would say that there are none.
  if (departments.error && !departments.data)
    return <ProblemState error={departments.error} retry={() => departments.refetch()} small />;
  return (
    <Select id={id} aria-label={label} value={value} onChange={(event) => onChange(event.target.value)}>
      <option value="">{t('field.choose')}</option>
      {departments.data?.map((department) => (
        <option key={department.id} value={department.id}>
          {department.name}
        </option>
      ))}
    </Select>
  );
}

export const department: Kind = {
  Input: ({ control, def, value, onChange }) => (
    <DepartmentSelect
      id={control.id}
      label={say(def.label)}
      value={(value as DepartmentRef | null)?.id ?? ''}
      onChange={(id) => onChange(id ? { id } : '')}
    />
  ),
  Cell: ({ value }) => <span className={css.text}>{(value as DepartmentRef | null)?.name}</span>,
  Filter: ({ id, def, value, onChange }) => (
    <DepartmentSelect id={id} label={say(def.label)} value={asText(value)} onChange={onChange} />
  ),
  ops: ['my_department', 'eq', 'ne'],
};
