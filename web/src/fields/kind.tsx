/** What every field kind must bring: how it is typed, shown and filtered. */
import type { FC } from 'react';
import type { FieldDef, Operator } from '@/api/contract';
import type { ControlProps } from '@/ui/Field';

export type InputProps = {
  control: ControlProps;
  def: FieldDef;
  value: unknown;
  onChange: (value: unknown) => void;
  onBlur?: (() => void) | undefined;
  placeholder?: string | undefined;
  autoFocus?: boolean | undefined;
};
export type CellProps = { def: FieldDef; value: unknown };
export type FilterProps = {
  id: string;
  def: FieldDef;
  op: Operator;
  value: unknown;
  onChange: (value: unknown) => void;
};

export type Kind = {
  Input: FC<InputProps>;
  Cell: FC<CellProps>;
  Filter: FC<FilterProps>;
  /** The operators offered, the likeliest first. */
  ops: Operator[];
};

/** Operators that need nothing typed. */
export const unary: Operator[] = ['empty', 'not_empty', 'today', 'past', 'future', 'me', 'my_department'];

export const asText = (value: unknown): string =>
  typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '';
