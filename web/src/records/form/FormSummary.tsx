/** What a form says above its fields when it could not be saved: in one line, or in as many as there are faults. */
import { Icon } from '@/ui/Icon';
import css from './formSummary.module.css';
import type { useForm } from './useForm';

export function FormSummary({ form }: { form: Pick<ReturnType<typeof useForm>, 'summary' | 'all'> }) {
  if (!form.summary) return null;
  return (
    <div className={css.summary} role="alert">
      <Icon name="alert" size={18} />
      <div>
        <p>{form.summary}</p>
        {form.all.length > 0 && (
          <ul>
            {form.all.map((line) => (
              <li key={line}>{line}</li>
            ))}
          </ul>
        )}
      </div>
    </div>
  );
}
