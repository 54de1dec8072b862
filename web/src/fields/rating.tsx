import { t } from '@/i18n';
import { Icon } from '@/ui/Icon';
import css from './fields.module.css';
import type { Kind } from './kind';
import { numberFilter } from './shared';

const parse = (typed: string) => (/^[0-5]$/.test(typed.trim()) ? Number(typed) : null);
const steps = [1, 2, 3, 4, 5];

export const rating: Kind = {
  Input: ({ control, value, onChange }) => (
    <span className={css.stars} role="radiogroup" tabIndex={-1} {...control}>
      {steps.map((step) => (
        // biome-ignore lint/a11y/useSemanticElements: stars, each with its own name
        <button
          key={step}
          type="button"
          role="radio"
          aria-checked={value === step}
          aria-label={t('field.stars', { n: step })}
          onClick={() => onChange(value === step ? '' : step)}
        >
          <Icon name="star" fill={Number(value) >= step} />
        </button>
      ))}
    </span>
  ),
  Cell: ({ value }) => (
    <span className={css.stars} role="img" aria-label={t('field.stars', { n: Number(value) || 0 })}>
      {steps.map((step) => (
        <Icon key={step} name="star" size={14} fill={Number(value) >= step} />
      ))}
    </span>
  ),
  Filter: numberFilter(parse, (value) => (typeof value === 'number' ? String(value) : '')),
  ops: ['ge', 'le', 'eq', 'empty'],
};
