import type { EstimateColumn } from '../stats/estimate-column.ts';
import type { Note } from '../stats/guards.ts';
import { NOTES } from '../stats/statistics.ts';

/** A statistic as a table has it; null where undefined. */
export interface TableEstimate {
  readonly value: number | null;
  readonly mcse: number | null;
  readonly upper: number | null;
  readonly note: Note | null;
  /** Blocks behind the error; those of the row when left out. */
  readonly blocks?: number;
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
    const at = this.#at(row, name);
    if (value !== null) this.values[at] = value;
  }

  /** A statistic of a row whose `blocks` are put: they become the fewest behind any of its errors, which is what these are judged by. */
  statistic(row: number, name: string, { value, mcse, upper, note, blocks }: TableEstimate): void {
    const before = this.#at(row, 'blocks');
    if (mcse !== null && blocks !== undefined && blocks < (this.values[before] as number)) this.values[before] = blocks;
    this.put(row, name, value);
    this.put(row, `${name}_mcse`, mcse);
    if (upper !== null) this.put(row, `${name}_upper`, upper);
    this.put(row, `${name}_note`, note === null ? null : NOTES.indexOf(note));
  }

  #at(row: number, name: string): number {
    const column = this.#places.get(name);
    if (column === undefined) throw new Error(`no column ${name}`);
    return column * this.#rows + row;
  }
}
