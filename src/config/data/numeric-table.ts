import { describeValue, type MessageParts } from '../../errors.ts';
import { didYouMean } from '../suggest.ts';

/** Numbers read from a data file, checked one by one: all are finite. */
export interface NumericTable {
  /** Names of the columns read; their indices where the file has no header. */
  readonly names: readonly string[];
  readonly rows: number;
  /** Row-major, `rows` × `names.length`. */
  readonly values: Float64Array;
}

/** One column by name or 0-based index (null: the file's only one), or all of them. */
export type ColumnChoice = { readonly kind: 'one'; readonly column: string | number | null } | { readonly kind: 'all' };

/** Reads columns of one file format. Throws {@link DataError}, or the file system's own errors. */
export type ColumnReader = (path: string, choice: ColumnChoice) => Promise<NumericTable>;

/** Something wrong inside a data file; the loader adds the file and the place in the config. */
export class DataError extends Error {
  readonly parts: MessageParts;

  constructor(parts: MessageParts) {
    super(parts.where ?? '');
    this.parts = parts;
  }
}

/** Eighth powers of values, summed over a row, must stay finite. */
export const VALUE_LIMIT = 1e30;
/** 64 Mi values, 512 MiB as doubles. */
export const COUNT_LIMIT = 1 << 26;

const NAMES_SHOWN = 20;

/** Indices of the chosen columns; throws when the choice does not fit the file's columns. */
export function chooseColumns(names: readonly string[], choice: ColumnChoice): readonly number[] {
  if (names.length === 0) throw new DataError({ received: 'no columns', allowed: 'at least one column of numbers' });
  if (choice.kind === 'all') return names.map((_, i) => i);
  const { column } = choice;
  const allowed = `one of its columns: ${names.slice(0, NAMES_SHOWN).join(', ')}${names.length > NAMES_SHOWN ? ', …' : ''}`;
  if (column === null) {
    if (names.length === 1) return [0];
    throw new DataError({ received: `${names.length} columns and no choice`, allowed, remedy: 'add column: …' });
  }
  if (typeof column === 'number') {
    if (column < names.length) return [column];
    throw new DataError({ received: `column ${column}`, allowed: `0 … ${names.length - 1}, counted from 0` });
  }
  const index = names.indexOf(column);
  if (index < 0) {
    const remedy = didYouMean(column, names);
    throw new DataError({
      received: `column ${describeValue(column)}`,
      allowed,
      ...(remedy === undefined ? {} : { remedy }),
    });
  }
  if (names.indexOf(column, index + 1) >= 0)
    throw new DataError({
      received: `column ${describeValue(column)}, which the file has twice`,
      allowed: 'an unambiguous name or a 0-based index',
    });
  return [index];
}

/** Collects the values of chosen columns row by row, refusing whatever is not a finite number. */
export class NumericTableBuilder {
  private buffer = new Float64Array(1024);
  private length = 0;
  private readonly names: readonly string[];

  constructor(names: readonly string[]) {
    this.names = names;
  }

  /** @param row as a reader of the file counts it, for messages. Call once a column, in order. */
  push(value: unknown, row: number): void {
    const number = typeof value === 'bigint' ? Number(value) : value;
    if (typeof number !== 'number' || !(Math.abs(number) <= VALUE_LIMIT))
      throw new DataError({
        where: `row ${row}, column ${JSON.stringify(this.names[this.length % this.names.length] ?? '')}`,
        received: value === '' || value === null || value === undefined ? 'an empty value' : describeValue(value),
        allowed: `a finite number (at most 1e30 in size)`,
        remedy: 'fill in or remove the row',
      });
    if (this.length === this.buffer.length) this.grow();
    this.buffer[this.length++] = number;
  }

  private grow(): void {
    if (this.length >= COUNT_LIMIT)
      throw new DataError({ received: `more than ${COUNT_LIMIT} values`, allowed: `at most ${COUNT_LIMIT} values` });
    const larger = new Float64Array(this.buffer.length * 2);
    larger.set(this.buffer);
    this.buffer = larger;
  }

  finish(): NumericTable {
    if (this.length === 0) throw new DataError({ received: 'no rows', allowed: 'at least one row of numbers' });
    return {
      names: this.names,
      rows: this.length / this.names.length,
      values: this.buffer.slice(0, this.length),
    };
  }
}
