/** The present password and a new one, with what the server found wrong beside each. */
import { Problem } from '@/api/problem';
import { t } from '@/i18n';
import { problemText } from '@/records/problemText';
import { Field } from '@/ui/Field';
import { Input } from '@/ui/Input';

export type Passwords = { current: string; next: string };

type Props = {
  /** Begins the ids of the controls. */
  id: string;
  /** For password managers, which want to know whose password this is. */
  login: string;
  currentLabel: string;
  value: Passwords;
  onChange: (value: Passwords) => void;
  /** The server's refusal of the last try. */
  problem: unknown;
};

export function PasswordFields({ id, login, currentLabel, value, onChange, problem }: Props) {
  const of = (field: string) => (problem instanceof Problem ? problem.forField(field) : null);
  const loose = problem !== null && !of('current') && !of('new') ? problemText(problem) : null;
  return (
    <>
      <input
        className="sr"
        name="username"
        autoComplete="username"
        value={login}
        readOnly
        tabIndex={-1}
        aria-hidden="true"
      />
      <Field id={`${id}-current`} label={currentLabel} error={of('current') ?? loose}>
        {(control) => (
          <Input
            {...control}
            type="password"
            autoComplete="current-password"
            value={value.current}
            onChange={(event) => onChange({ ...value, current: event.target.value })}
          />
        )}
      </Field>
      <Field id={`${id}-new`} label={t('password.new')} help={t('password.help')} error={of('new')}>
        {(control) => (
          <Input
            {...control}
            type="password"
            autoComplete="new-password"
            value={value.next}
            onChange={(event) => onChange({ ...value, next: event.target.value })}
          />
        )}
      </Field>
    </>
  );
}
