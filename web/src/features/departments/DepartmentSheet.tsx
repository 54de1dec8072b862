/** One change of the tree, with what follows from it. */
import { useState } from 'react';
import { api, seg } from '@/api/client';
import type { Department } from '@/api/contract';
import { Problem } from '@/api/problem';
import { queryClient } from '@/api/queries';
import { t } from '@/i18n';
import { indented, withBelow } from '@/records/departmentTree';
import { useHere } from '@/records/form/useHere';
import { problemText, toastProblem } from '@/records/problemText';
import { Button } from '@/ui/Button';
import css from '@/ui/desk.module.css';
import { Field } from '@/ui/Field';
import { Input, Select } from '@/ui/Input';
import { Sheet } from '@/ui/Sheet';
import { toast } from '@/ui/toast';

export type Doing =
  | { what: 'add'; to: Department | null }
  | { what: 'rename' | 'move' | 'remove'; department: Department };

export function DepartmentSheet({
  doing,
  departments,
  onClose,
}: {
  doing: Doing;
  departments: Department[];
  onClose: () => void;
}) {
  const present = doing.what === 'add' ? null : doing.department;
  const [name, setName] = useState(present?.name ?? '');
  const [parent, setParent] = useState((doing.what === 'add' ? doing.to?.id : present?.parent) ?? '');
  const [problem, setProblem] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const here = useHere();
  const of = (field: string) => (problem instanceof Problem ? problem.forField(field) : null);
  const loose = problem !== null && !of('name') && !of('parent') ? problemText(problem) : null;
  const below = present ? withBelow(departments, present.id) : new Set<string>();

  async function run() {
    setBusy(true);
    setProblem(null);
    const at = `/departments/${seg(present?.id ?? '')}`;
    try {
      if (doing.what === 'add') await api.post('/departments', { name, parent: parent || null });
      if (doing.what === 'rename') await api.patch(at, { name });
      if (doing.what === 'move') await api.patch(at, { parent: parent || null });
      if (doing.what === 'remove') await api.delete(at);
      toast(t(`departments.done.${doing.what}`, { name: name.trim() }));
      void queryClient.invalidateQueries({ queryKey: ['departments'] });
      if (here.current) onClose();
    } catch (caught) {
      if (!here.current) toastProblem(caught);
      setProblem(caught);
      setBusy(false);
    }
  }

  return (
    <Sheet
      title={t(`departments.ask.${doing.what}`, { name: present?.name ?? '' })}
      closeWord={t('close')}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{t('cancel')}</Button>
          <Button
            look={doing.what === 'remove' ? 'danger' : 'primary'}
            type="submit"
            form="department"
            busy={busy}
          >
            {t(`departments.go.${doing.what}`)}
          </Button>
        </>
      }
    >
      <form
        id="department"
        className={css.form}
        onSubmit={(event) => {
          event.preventDefault();
          void run();
        }}
      >
        <p>{t(`departments.why.${doing.what}`)}</p>
        {loose && (
          <p className={css.alert} role="alert">
            {loose}
          </p>
        )}
        {(doing.what === 'add' || doing.what === 'rename') && (
          <Field id="department-name" label={t('departments.name')} error={of('name')}>
            {(control) => (
              <Input
                {...control}
                data-first=""
                value={name}
                maxLength={100}
                onChange={(event) => setName(event.target.value)}
              />
            )}
          </Field>
        )}
        {(doing.what === 'add' || doing.what === 'move') && (
          <Field
            id="department-parent"
            label={t('departments.parent')}
            error={of('parent') ?? (doing.what === 'move' ? of('name') : null)}
          >
            {(control) => (
              <Select {...control} value={parent} onChange={(event) => setParent(event.target.value)}>
                <option value="">{t('departments.top')}</option>
                {indented(departments)
                  .filter(({ department }) => !below.has(department.id))
                  .map(({ department, depth }) => (
                    <option key={department.id} value={department.id}>
                      {'　'.repeat(depth)}
                      {department.name}
                    </option>
                  ))}
              </Select>
            )}
          </Field>
        )}
      </form>
    </Sheet>
  );
}
