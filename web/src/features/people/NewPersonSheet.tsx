/** A new account: who, where. The server makes a one-time password; roles are the security administrator's to give. */
import { useState } from 'react';
import { api } from '@/api/client';
import type { Department, OneTime } from '@/api/contract';
import { Problem } from '@/api/problem';
import { queryClient } from '@/api/queries';
import { t } from '@/i18n';
import { indented } from '@/records/departmentTree';
import { useHere } from '@/records/form/useHere';
import { problemText, toastProblem } from '@/records/problemText';
import { Button } from '@/ui/Button';
import css from '@/ui/desk.module.css';
import { Field } from '@/ui/Field';
import { Input, Select } from '@/ui/Input';
import { Sheet } from '@/ui/Sheet';

type Opened = { id: string; one_time?: OneTime };

export function NewPersonSheet({
  departments,
  onClose,
  onOpened,
}: {
  departments: Department[];
  onClose: () => void;
  onOpened: (name: string, once: OneTime) => void;
}) {
  const [form, setForm] = useState({ name: '', login: '', staff_no: '', department: '' });
  const [problem, setProblem] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const here = useHere();
  const of = (field: string) => (problem instanceof Problem ? problem.forField(field) : null);
  const loose =
    problem !== null && !['name', 'login', 'staff_no', 'department'].some(of) ? problemText(problem) : null;
  const set = (part: Partial<typeof form>) => setForm({ ...form, ...part });

  async function open() {
    setBusy(true);
    setProblem(null);
    try {
      const opened = await api.post<Opened>('/people', form);
      void queryClient.invalidateQueries({ queryKey: ['people'] });
      void queryClient.invalidateQueries({ queryKey: ['departments'] });
      if (here.current) onClose();
      if (opened.one_time) onOpened(form.name, opened.one_time);
    } catch (caught) {
      if (!here.current) toastProblem(caught);
      setProblem(caught);
      setBusy(false);
    }
  }

  return (
    <Sheet
      title={t('people.new')}
      closeWord={t('close')}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{t('cancel')}</Button>
          <Button look="primary" type="submit" form="new-person" busy={busy}>
            {t('people.open')}
          </Button>
        </>
      }
    >
      <form
        id="new-person"
        className={css.form}
        onSubmit={(event) => {
          event.preventDefault();
          void open();
        }}
      >
        {loose && (
          <p className={css.alert} role="alert">
            {loose}
          </p>
        )}
        <Field id="person-name" label={t('people.name')} error={of('name')}>
          {(control) => (
            <Input
              {...control}
              data-first=""
              value={form.name}
              onChange={(event) => set({ name: event.target.value })}
            />
          )}
        </Field>
        <Field id="person-login" label={t('people.login')} help={t('people.login.help')} error={of('login')}>
          {(control) => (
            <Input
              {...control}
              autoCapitalize="none"
              value={form.login}
              onChange={(event) => set({ login: event.target.value })}
            />
          )}
        </Field>
        <Field id="person-staff" label={t('people.staff_no')} error={of('staff_no')}>
          {(control) => (
            <Input
              {...control}
              value={form.staff_no}
              onChange={(event) => set({ staff_no: event.target.value })}
            />
          )}
        </Field>
        <Field id="person-department" label={t('people.department')} error={of('department')}>
          {(control) => (
            <Select
              {...control}
              value={form.department}
              onChange={(event) => set({ department: event.target.value })}
            >
              <option value="">{t('field.choose')}</option>
              {indented(departments).map(({ department, depth }) => (
                <option key={department.id} value={department.id}>
                  {'　'.repeat(depth)}
                  {department.name}
                </option>
              ))}
            </Select>
          )}
        </Field>
        <p className={css.note}>{t('people.new.why')}</p>
      </form>
    </Sheet>
  );
}
