/** Every kind of field, chosen exhaustively: a new kind on the wire breaks the build until it is drawn. */
import type { FieldDef, FieldKind, FieldValue, Operator } from '@/api/contract';
import { account } from './account';
import { address } from './address';
import { boolean } from './boolean';
import { date } from './date';
import { datetime } from './datetime';
import { decimal } from './decimal';
import { department } from './department';
import { email } from './email';
import css from './fields.module.css';
import { idNumber } from './idNumber';
import { integer } from './integer';
import type { CellProps, FilterProps, InputProps, Kind } from './kind';
import { longText } from './longText';
import { money } from './money';
import { multiSelect } from './multiSelect';
import { percent } from './percent';
import { person } from './person';
import { personName } from './personName';
import { phone } from './phone';
import { rating } from './rating';
import { reference } from './reference';
import { select } from './select';
import { text } from './text';
import { url } from './url';

const kinds: Record<FieldKind, Kind> = {
  text,
  long_text: longText,
  person_name: personName,
  phone,
  email,
  id_number: idNumber,
  account,
  url,
  integer,
  decimal,
  money,
  percent,
  rating,
  boolean,
  select,
  multi_select: multiSelect,
  date,
  datetime,
  reference,
  person,
  department,
  address,
};

/** A server newer than this page may know more kinds; they read as text until the page is reloaded. */
export function kindOf(def: FieldDef): Kind {
  return kinds[def.kind] ?? text;
}

const sealedOps: Operator[] = ['eq', 'empty', 'not_empty'];

/** Sealed values can be matched whole or not at all, whatever their kind. */
export function operatorsOf(def: FieldDef): Operator[] {
  const { ops } = kindOf(def);
  return def.class === 'L3' || def.class === 'L4' ? ops.filter((op) => sealedOps.includes(op)) : ops;
}

export function FieldInput(props: InputProps) {
  const { Input } = kindOf(props.def);
  return <Input {...props} />;
}

export function FieldFilter(props: FilterProps) {
  const { Filter } = kindOf(props.def);
  return <Filter {...props} />;
}

export function FieldCell(props: CellProps) {
  const { Cell } = kindOf(props.def);
  return <Cell {...props} />;
}

export function isMasked(value: FieldValue | undefined): value is { masked: string } {
  return value !== undefined && 'masked' in value;
}

export function clear(value: FieldValue | undefined): unknown {
  return value !== undefined && 'value' in value ? value.value : undefined;
}

export function isBlank(value: unknown): boolean {
  return (
    value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0)
  );
}

/** A value as the server let us have it: clear, masked, or not there. Never asks for more. */
export function FieldText({ def, value }: { def: FieldDef; value: FieldValue | undefined }) {
  if (isMasked(value)) return <span className={css.masked}>{value.masked}</span>;
  const shown = clear(value);
  if (isBlank(shown)) return <span className={css.away}>—</span>;
  return <FieldCell def={def} value={shown} />;
}

/** What goes on the wire for what was typed: nothing typed is null, so that a field can be emptied. */
export function toWire(value: unknown): unknown {
  const clean = typeof value === 'string' ? value.trim() : value;
  return isBlank(clean) ? null : clean;
}
