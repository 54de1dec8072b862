/** One export as the register has it: a line, and all that is known of it below when opened. */
import { useQuery } from '@tanstack/react-query';
import type { ExportCase } from '@/api/contract';
import { objectsQuery } from '@/api/queries';
import { say, t, tCode } from '@/i18n';
import { dateTime } from '@/i18n/format';
import { copyText } from '@/records/copyText';
import { fieldText, filterText, useFilterWords } from '@/records/filterText';
import { Button } from '@/ui/Button';
import { Icon } from '@/ui/Icon';
import { Tag, type Tone } from '@/ui/Tag';
import css from './register.module.css';

const tones: Record<ExportCase['state'], Tone> = {
  waiting: 'amber',
  approved: 'indigo',
  running: 'indigo',
  ready: 'jade',
  rejected: 'cinnabar',
  cancelled: 'grey',
  expired: 'grey',
  failed: 'cinnabar',
};

export function ExportFacts({ item, open }: { item: ExportCase; open?: boolean }) {
  const objects = useQuery(objectsQuery);
  const known = objects.data?.find((object) => object.name === item.object);
  return (
    <details className={css.item} open={open}>
      <summary>
        <span className={css.words}>
          <span className={css.line}>
            <b>{item.requester.name}</b>
            <span>{known ? say(known.label) : tCode('register.object', item.object)}</span>
            <Tag tone={tones[item.state]}>{t(`export.state.${item.state}`)}</Tag>
            {item.clear && <Tag tone="cinnabar">{t('register.clear')}</Tag>}
            <time dateTime={item.created_at}>{dateTime(item.created_at)}</time>
          </span>
          <span className={css.meta}>
            <span>{purposeText(item.purpose)}</span>
            <span>{t('register.rows', { n: item.rows })}</span>
            {item.downloads > 0 && <span>{t('register.downloads', { n: item.downloads })}</span>}
            {item.approver?.name && <span>{t('register.approver', { name: item.approver.name })}</span>}
            {!item.needs_approval && <span>{t('register.approver.none')}</span>}
            <code>{item.number}</code>
          </span>
        </span>
        <Icon name="down" size={18} />
      </summary>
      <More item={item} />
    </details>
  );
}

function More({ item }: { item: ExportCase }) {
  const said = useFilterWords(item.object);
  const names = item.fields.map((name) => fieldText(name, said));
  return (
    <dl className={css.facts}>
      <Fact name={t('register.fields')}>{names.join(t('list.comma'))}</Fact>
      <Fact name={t('register.filter')}>
        {item.filter ? filterText(item.filter, said) : t('register.filter.all')}
      </Fact>
      <Fact name={t('register.format')}>{item.format.toUpperCase()}</Fact>
      {item.decided_at && <Fact name={t('register.decided')}>{dateTime(item.decided_at)}</Fact>}
      {item.comment && <Fact name={t('register.comment')}>{item.comment}</Fact>}
      {item.expires_at && <Fact name={t('register.expires')}>{dateTime(item.expires_at)}</Fact>}
      <Fact name={t('register.file.hash')}>
        {item.file_hash ? <Hash text={item.file_hash} /> : t('register.file.none')}
      </Fact>
      {item.filter_hash && (
        <Fact name={t('register.filter.hash')}>
          <code>{item.filter_hash}</code>
        </Fact>
      )}
    </dl>
  );
}

function Fact({ name, children }: { name: string; children: React.ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function Hash({ text }: { text: string }) {
  return (
    <>
      <code>{text}</code>
      <Button look="link" onClick={() => void copyText(text, t('register.copied'))}>
        {t('register.copy')}
      </Button>
    </>
  );
}

function purposeText(purpose: string): string {
  const other = /^other:\s*(.+)$/.exec(purpose);
  return other?.[1] ?? tCode('export.purpose', purpose);
}
