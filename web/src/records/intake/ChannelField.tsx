/** How somebody agreed: across a table, on the phone, on paper. */
import type { Channel } from '@/api/contract';
import { t } from '@/i18n';
import { Field } from '@/ui/Field';
import { Select } from '@/ui/Input';

const channels: Channel[] = ['in_person', 'phone', 'form', 'card'];

type Props = { id: string; value: Channel; onChange: (channel: Channel) => void };

export function ChannelField({ id, value, onChange }: Props) {
  return (
    <Field id={id} label={t('notice.channel')}>
      {(control) => (
        <Select {...control} value={value} onChange={(event) => onChange(event.target.value as Channel)}>
          {channels.map((channel) => (
            <option key={channel} value={channel}>
              {t(`channel.${channel}`)}
            </option>
          ))}
        </Select>
      )}
    </Field>
  );
}
