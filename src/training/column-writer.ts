import type { EstimateColumn } from '../stats/estimate-column.ts';
import type { Note } from '../stats/guards.ts';
import { NOTES } from '../stats/statistics.ts';

/** A statistic as a table has it; null where undefined. */
export interface TableEstimate {
  readonly value: number | null;
  readonly mcse: number | null;
  readonly upper: number | null;
  readonly note: Note | null;
}

export const NOTHING: TableEstimate = { value: null, mcse: null, upper: null, note: null };

/** Rows of a table in flight: column-major over its columns, NaN for null. */
export class ColumnWriter {
  readonly values: Float64Array;
  readonly #rows: number;
  readonly #places: ReadonlyMap<string, number>;

  constructor(columns: readonly EstimateColumn[], rows: number) {
    this.values = new Float64Array(columns.length * rows).fill(Number.NaN);
    this.#rows = rows;
    this.#places = new Map(columns.map(({ name }, i) => [name, i]));
  }

  put(row: number, name: string, value: number | null): void {
    const column = this.#places.get(name);
    if (column === undefined) throw new Error(`no column ${name}`);
    if (value !== null) this.values[column * this.#rows + row] = value;
  }

  statistic(row: number, name: string, { value, mcse, upper, note }: TableEstimate): void {
    this.put(row, name, value);
    this.put(row, `${name}_mcse`, mcse);
    if (upper !== null) this.put(row, `${name}_upper`, upper);
    this.put(row, `${name}_note`, note === null ? null : NOTES.indexOf(note));
  }
}
