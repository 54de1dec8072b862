import type { Address } from '@/api/contract';
import { t } from '@/i18n';
import { Input } from '@/ui/Input';
import css from './fields.module.css';
import type { InputProps, Kind } from './kind';
import { TextFilter } from './shared';

export function addressText(value: unknown): string {
  if (typeof value === 'string') return value;
  const a = (value ?? {}) as Address;
  // 直辖市: "上海市 上海市" says it twice.
  const city = a.city === a.province ? '' : a.city;
  return [a.province, city, a.district, a.detail].filter(Boolean).join('');
}

function AddressInput({ control, value, onChange, onBlur }: InputProps) {
  const address = (typeof value === 'object' && value ? value : {}) as Address;
  const part = (name: keyof Address) => ({
    value: address[name] ?? '',
    placeholder: t(`address.${name}`),
    'aria-label': t(`address.${name}`),
    onBlur,
    onChange: (event: { target: { value: string } }) => {
      const next = { ...address, [name]: event.target.value };
      onChange(Object.values(next).some(Boolean) ? next : '');
    },
  });
  return (
    <span className={css.address}>
      <Input {...control} {...part('province')} />
      <Input {...part('city')} />
      <Input {...part('district')} />
      <Input {...part('detail')} />
    </span>
  );
}

export const address: Kind = {
  Input: AddressInput,
  Cell: ({ value }) => <span className={css.text}>{addressText(value)}</span>,
  Filter: TextFilter,
  ops: ['contains', 'empty', 'not_empty'],
};
