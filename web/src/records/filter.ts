/** What a person builds with chips, and what the server is asked. */
import type { Condition, FieldDef, Filter } from '@/api/contract';
import { unary } from '@/fields/kind';

export type Match = 'all' | 'any';
/** One row of chips joined by 且 or 或. */
export type Chips = { match: Match; conditions: Condition[] };

export const noChips: Chips = { match: 'all', conditions: [] };

/** A chip counts once its value is there; half-made ones ask nothing. */
export function isComplete(condition: Condition): boolean {
  if (unary.includes(condition.op)) return true;
  const { value } = condition;
  if (Array.isArray(value)) return value.some(isThere);
  return isThere(value);
}

const isThere = (value: unknown) => value !== undefined && value !== null && value !== '';

/** A range with one end is a bound: the server's ranges have both. */
function asked(condition: Condition): Condition {
  const { field, op, value } = condition;
  if (op !== 'between' || !Array.isArray(value)) return condition;
  const [from, to] = value;
  if (isThere(from) && isThere(to)) return condition;
  return isThere(from) ? { field, op: 'ge', value: from } : { field, op: 'le', value: to };
}

export function toFilter(chips: Chips): Filter | undefined {
  const parts = chips.conditions.filter(isComplete).map(asked);
  if (parts.length === 0) return undefined;
  return chips.match === 'any' ? { any: parts } : { all: parts };
}

export function both(one: Filter | undefined, other: Filter | undefined): Filter | undefined {
  if (!one) return other;
  if (!other) return one;
  return { all: [one, other] };
}

/**
 * Splits chips into what the address bar may carry and what it may not: values of L3+ fields and of free
 * text would stay in the browser's history, so those live in memory only.
 */
export function splitPersonal(
  chips: Chips,
  fields: FieldDef[],
): { open: Condition[]; personal: Condition[] } {
  const isPersonal = (condition: Condition) => {
    const def = fields.find((field) => field.name === condition.field);
    return (
      !def || def.class === 'L3' || def.class === 'L4' || def.kind === 'text' || def.kind === 'long_text'
    );
  };
  return {
    open: chips.conditions.filter((condition) => !isPersonal(condition)),
    personal: chips.conditions.filter(isPersonal),
  };
}

/** What arrived from an address anybody may have written. */
export function parseChips(raw: unknown): Chips {
  if (typeof raw !== 'object' || raw === null) return noChips;
  const { match, conditions } = raw as Partial<Chips>;
  if (!Array.isArray(conditions)) return noChips;
  return {
    match: match === 'any' ? 'any' : 'all',
    conditions: conditions.filter(
      (c): c is Condition =>
        typeof c === 'object' && c !== null && typeof c.field === 'string' && typeof c.op === 'string',
    ),
  };
}
