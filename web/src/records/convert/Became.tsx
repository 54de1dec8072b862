/** What a record became, or that it may become something: the sentence and the one next step. */
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { KedunRecord, ObjectDef, Reference } from '@/api/contract';
import { objectQuery } from '@/api/queries';
import { clear } from '@/fields';
import { sayOne, t } from '@/i18n';
import { Button } from '@/ui/Button';
import { Icon } from '@/ui/Icon';
import { stageField, stepNow } from '../stage/stage';
import own from './became.module.css';

type Props = { record: KedunRecord; object: ObjectDef; onConvert: () => void };

export function Became({ record, object, onConvert }: Props) {
  const conversion = object.conversion;
  const target = useQuery({ ...objectQuery(conversion?.to ?? ''), enabled: Boolean(conversion) });
  if (!conversion || !target.data) return null;
  const word = sayOne(target.data.label);
  const became = clear(record.fields[conversion.reference]) as Reference | undefined;
  if (became)
    return (
      <p className={own.became}>
        <Icon name="check" size={18} />
        <span>
          {t('convert.became', { object: word })}{' '}
          {became.title ? (
            <Link to="/records/$object/$id" params={{ object: conversion.to, id: became.id }}>
              {became.title}
            </Link>
          ) : (
            t('record.unnamed')
          )}
        </span>
      </p>
    );
  // One that was given up is not pressed on anybody; whoever takes it up again finds the button.
  const state = stageField(object);
  if (!record.rights.convert || (state && stepNow(record, state)?.outcome === 'lost')) return null;
  return (
    <div className={own.advice}>
      <p>{t('convert.advice', { object: word })}</p>
      <Button small look="primary" onClick={onConvert}>
        {t('convert.run', { object: word })}
      </Button>
    </div>
  );
}
